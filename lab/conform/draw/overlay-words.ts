import type { Site } from './construct.ts';
import type { Rule } from './rule.ts';

/** The other node of `vxlan/overlay`, by its number. */
export type Other = { readonly number: number; readonly run: (line: string) => Rule };

/** Whether the tunnels learn from what comes in: then what was sent before decides too. */
export const learns = ({ layout }: Pick<Site, 'layout'>): boolean => layout.lines.some(({ run }) => / learning\b/.test(run));

/** A construct of a node of the overlay: command lines about the other one. Another layout or namespace draws nothing. */
export const onNode =
  (draw: (site: Site, other: Other) => readonly Rule[] | null) =>
  (site: Site): { readonly rules: readonly Rule[] } | null => {
    if (site.layout.id !== 'overlay' || !site.here.name.startsWith('n')) return null;
    const number = site.here.name === 'n1' ? 2 : 1;
    const rules = draw(site, { number, run: (run) => ({ form: 'line', in: site.here.name, by: [], run }) });
    return rules === null ? null : { rules };
  };
