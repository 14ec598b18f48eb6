import type { End } from '../../ipset/element.ts';
import { type Change, write } from '../../ipset/written.ts';
import type { Context } from '../context.ts';
import { GO_ON, type MaybeTarget } from '../effect.ts';
import { takeAll } from '../match/depends.ts';
import { numberOf } from '../numbers.ts';

/** `-j SET`: changes a set for this packet and those after it (net/netfilter/xt_set.c set_target_v3). What it maps to the packet is not captured. */
export const set: MaybeTarget = (options) => {
  const maps = options.has('map-set');
  const [added, removed] = (['add-set', 'del-set'] as const).map((option) => options.get(option)?.values);
  const seconds = numberOf(options.get('timeout')?.value ?? '');
  const put = { is: 'in', seconds, renews: options.has('exist') } as const;
  takeAll(options);
  if (maps) return () => ({ does: 'unknown', detail: 'what a set maps to the packet is not captured (net/netfilter/xt_set.c)' });
  return (context) => {
    changed(context, added, put);
    changed(context, removed, { is: 'out' });
    return GO_ON;
  };
};

function changed(context: Context, values: readonly string[] | undefined, change: Change): void {
  const [name, flags = ''] = values ?? [];
  const ends = flags.split(',').filter((end): end is End => end === 'src' || end === 'dst');
  if (name !== undefined) write(context, name, ends, change);
}
