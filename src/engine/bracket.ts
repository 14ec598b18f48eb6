import type { AskedCheck } from './check.ts';
import type { Bracket } from './finding.ts';

/**
 * Where something that was not captured must act: measured to fail, while every captured step lets the packet through. The
 * bracket runs from the last captured device before a stretch that nobody captured to the first one after it.
 */
export function bracketOf(check: AskedCheck): Bracket | null {
  // what was not told to start at one place has no one way
  if (check.flow === undefined || check.observed?.result !== 'fail' || check.answered.result !== 'pass') return null;
  const [outcome] = check.answered.outcomes;
  if (outcome === undefined) return null;
  const nodes = outcome.hops.filter(({ at }) => at.netns === '');
  const across = nodes.findIndex((hop, index) => index > 0 && hop.at.node !== nodes[index - 1]?.at.node);
  const last = nodes[across - 1];
  const first = nodes[across];
  if (last === undefined || first === undefined) return null;
  const from = `${last.at.node} ${last.out ?? last.at.device ?? ''}`.trim();
  const to = `${first.at.node} ${first.in ?? first.at.device ?? ''}`.trim();
  return {
    from,
    to,
    says: `everything captured lets it through, yet it was measured to fail: look between ${from} and ${to} (switch, cloud firewall, hypervisor)`,
  };
}
