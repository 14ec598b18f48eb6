import { type Action, defineAction } from '#change/change';
import type { FactOf } from '#facts/kinds';
import type { Scope } from '#snapshot/scope';

/** A pod of a controller, made anew: it is deleted, and its controller makes another one on the same node. */
export type PodRestart = { readonly namespace: string; readonly name: string; readonly node: string };

/** Restarts what runs in a DaemonSet's pod; what its component then does is told by `intent`. The new pod's name is drawn at random. */
export const restartPod = (
  on: Scope,
  { namespace, name }: Pick<FactOf<'pod'>, 'namespace' | 'name'>,
  node: string,
): Action<PodRestart> => ({
  do: 'pod-restart',
  on,
  params: { namespace, name, node },
});

/** The same as a person would type it. */
export const deleteCommand = ({ namespace, name }: PodRestart): readonly string[] => ['kubectl', '-n', namespace, 'delete', 'pod', name];

export default defineAction<PodRestart>({
  id: 'pod-restart',
  rights: 'delete on pods in its namespace',
  command: ({ params }) => deleteCommand(params).join(' '),
  diff: (_, { params: { namespace, name, node } }) => [`- pod ${namespace}/${name}`, `+ another one of its controller on ${node}`],
  preview: (facts) => ({ is: 'facts', facts }),
});
