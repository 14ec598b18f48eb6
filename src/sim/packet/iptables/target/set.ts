import type { End } from '../../ipset/element.ts';
import { write } from '../../ipset/written.ts';
import type { Context } from '../context.ts';
import { GO_ON, type MaybeTarget } from '../effect.ts';
import { takeAll } from '../match/depends.ts';

/** `-j SET`: changes a set for this packet and those after it (net/netfilter/xt_set.c set_target_v3). What it maps to the packet is not captured. */
export const set: MaybeTarget = (options) => {
  const maps = options.has('map-set');
  const [added, removed] = (['add-set', 'del-set'] as const).map((option) => options.get(option)?.values);
  takeAll(options);
  if (maps) return () => ({ does: 'unknown', detail: 'what a set maps to the packet is not captured (net/netfilter/xt_set.c)' });
  return (context) => {
    change(context, added, 'in');
    change(context, removed, 'out');
    return GO_ON;
  };
};

function change(context: Context, values: readonly string[] | undefined, is: 'in' | 'out'): void {
  const [name, flags = ''] = values ?? [];
  const ends = flags.split(',').filter((end): end is End => end === 'src' || end === 'dst');
  if (name !== undefined) write(context, name, ends, is);
}
