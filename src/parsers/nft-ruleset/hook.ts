import type { NftChain } from '#facts/nft/nft';
import { priorityOf } from './tables.ts';

const HOOK =
  /^type (\w{1,20}) hook (\w{1,20})(?: devices? (?:= )?("[^"]{0,40}"|\{[^}]{0,4000}\}|\S{1,40}))? priority ([^;]{1,40});(?: policy (\w{1,10});)?/;

type Hook = NonNullable<NftChain['base']>;

/** The type of a base chain; one that this program does not know stays unknown. */
export const typeOf = (text: string): Hook['type'] => (text === 'filter' || text === 'nat' || text === 'route' ? text : 'unknown');

/** `type filter hook input priority filter; policy drop;`, or why it is not understood. */
export function hookOf(line: string, family: string): Hook | string {
  const found = HOOK.exec(line.slice(0, 5000));
  if (found === null) return 'not a hook of a base chain';
  const [, type = '', hook = '', devices, words = '', policy] = found;
  const priority = priorityOf(words, family);
  if (priority === undefined) return `not a priority: ${words}`;
  const names = devices?.split(/[{},\s"]+/).filter((name) => name !== '');
  return { type: typeOf(type), hook, priority, policy: policy === 'drop' ? 'drop' : 'accept', devices: names ?? [] };
}
