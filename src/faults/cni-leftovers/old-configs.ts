import type { Answered, Check } from '#engine/check';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { View } from '#engine/view';
import { leftoverConfigs } from '#intent/leftovers/configurations';
import { onNode } from '#snapshot/scope';
import type { Configuration } from './text-configuration.ts';

/** Whether new pods are made by a configuration that was left; where no configurations were read, that is not asked (`otherwise`). */
export function configsRuling<P>(node: string, view: View, otherwise: Ruling<P>): Ruling<P | Configuration> {
  if (view.facts.seen('cni-config', onNode(node)).is === 'gap') return otherwise;
  const left = leftoverConfigs(view.facts, node);
  if (left.is === 'gap') return unknown(left.gap);
  const [first, ...others] = left.value;
  if (first === undefined) return left.origins.length === 0 ? otherwise : absent(left.origins.slice(0, 3));
  const { plugin, running, file, own } = first;
  const same = others.filter((one) => one.plugin === plugin);
  return found({ left: 'configuration', node, plugin, running, file: file.path, own: own.path, files: 1 + same.length }, [file, own]);
}

/** No packet of a pod that is there fails: the question is by what the next pod is made. */
export const ownNetwork = (node: string): Check => ({
  id: `new pods ${node}`,
  kind: 'new-pods',
  from: 'invariant',
  says: { en: `new pods of ${node} get the network that runs there`, zh: `${node} 上的新 Pod 会接入正在运行的网络` },
  ask: ({ facts }): Answered => {
    const left = leftoverConfigs(facts, node);
    const result = left.is === 'gap' ? 'unknown' : left.value.length > 0 ? 'fail' : 'pass';
    const [first] = left.is === 'seen' ? left.value : [];
    const says = first === undefined ? (left.is === 'gap' ? 'not known' : 'so it is') : `they get that of ${first.plugin}`;
    return { probability: null, outcomes: [], gaps: [], result, says };
  },
});
