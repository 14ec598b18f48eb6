import type { ModelWalk } from '../stage/model.ts';
import type { Disconnected } from './connections.ts';
import type { Sealed } from './sealed.ts';

type Asked = {
  readonly skipped: number;
  readonly judged: readonly { readonly matching: readonly { readonly walks: readonly ModelWalk[] }[] }[];
};

/**
 * Namespaces that kept another number of packets from leaving sealed than the model says. Where none left there was no session, whose
 * handshake a rule may have stopped anywhere: that is not told.
 */
export function keptUnsent(told: readonly Asked[], sealed: ReadonlyMap<string, Sealed>): readonly Disconnected[] {
  const blind = told.reduce((sum, { skipped }) => sum + skipped, 0);
  return [...sealed].flatMap(([namespace, { taken, sent }]) => {
    const counts = told.flatMap(({ judged }) =>
      judged.map(({ matching }) => matching.map(({ walks }) => walks.filter(({ unsent }) => unsent === namespace).length)),
    );
    const least = counts.reduce((sum, own) => sum + (own.length === 0 ? 0 : Math.min(...own)), 0);
    const most = counts.reduce((sum, own) => sum + Math.max(0, ...own), 0);
    const kept = taken - sent;
    if (sent === 0 || (kept >= least - blind && kept <= most + blind)) return [];
    const says = `${namespace} kept ${kept} packets from leaving sealed, in the model ${least === most ? most : `${least} to ${most}`}`;
    return [{ says, conversation: -1 }];
  });
}
