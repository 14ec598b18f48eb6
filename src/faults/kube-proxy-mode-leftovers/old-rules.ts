import type { Answered, Check } from '#engine/check';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { View } from '#engine/view';
import { tupleText } from '#facts/conntrack/conntrack';
import { twoModes } from '#intent/kube-proxy/two-modes';
import type { Rules } from './text-rules.ts';

/** Whether rules of another mode lead packets of a node astray. */
export function rulesRuling(node: string, view: View): Ruling<Rules> {
  const both = twoModes(view.facts, node);
  if (both.is === 'unknown') return unknown(both.gap);
  if (both.is !== 'leftover') return absent(both.evidence);
  const { old, own, stale, astray } = both;
  return found(
    {
      left: 'rules',
      node,
      old,
      mode: own,
      services: [...new Set(stale.map(({ service }) => service))],
      endpoints: [...new Set(stale.map(({ endpoint }) => endpoint))],
      connection: astray === null ? null : tupleText(astray.original),
    },
    [...stale.slice(0, 3), ...(astray === null ? [] : [astray])],
  );
}

/** Which mode's rules are asked first nobody tells, so that no flow is sure to fail: the question is whether only one leads to Services, or both alike. */
export const oneMode = (node: string): Check => ({
  id: `one mode of kube-proxy ${node}`,
  kind: 'one-mode',
  from: 'invariant',
  says: {
    en: `one mode of kube-proxy leads to Services on ${node}, or both alike`,
    zh: `${node} 上只有 kube-proxy 一种模式的规则负责 Service，或两种一致`,
  },
  ask: ({ facts }): Answered => {
    const { is } = twoModes(facts, node);
    const result = is === 'leftover' ? 'fail' : is === 'unknown' ? 'unknown' : 'pass';
    const says = is === 'leftover' ? 'both do, and one to what is no endpoint' : is === 'unknown' ? 'not known' : 'so it is';
    return { probability: null, outcomes: [], gaps: [], result, says };
  },
});
