import type { Layout } from '../draw/layout.ts';
import type { Rule } from '../draw/rule.ts';

/** Devices that a layout is about, with the words that tell how they work, and the VLANs of ports. */
const DEVICE = / type (?:(vlan|bond|vrf|wireguard|ipip)\b|(macvlan|ipvlan) mode (\w+)(?: (private|vepa))?)/;

/** The lines of a layout that make what only a guest's kernel has, as if they had been drawn: what they decide is told like a rule's. */
export function deviceRules({ lines }: Pick<Layout, 'lines'>): readonly Rule[] {
  return lines.flatMap(({ in: from, run }): readonly Rule[] => {
    if (run.startsWith('bridge vlan add ')) return [{ in: from, by: ['link/vlan-filtering'], form: 'line', run }];
    const [, plain, stacked, mode, flag] = (run.startsWith('ip link add ') ? DEVICE.exec(run) : null) ?? [];
    const kind = plain ?? [stacked, mode, flag].filter(Boolean).join('-');
    const to = / netns @(\w+)/.exec(run)?.[1];
    return kind === '' ? [] : [{ in: to ?? from, by: [`link/${kind}`], form: 'line', run }];
  });
}
