import type { ApiObject } from '../api.ts';

/** A Pod to create, the status that a kubelet would write of it, and whether it is then deleted and lingers. */
export type MadePod = { readonly object: ApiObject; readonly status: object; readonly isDeleted: boolean };

type State = { readonly [kind in 'running' | 'waiting' | 'terminated']?: Readonly<Record<string, unknown>> };

type Container = { readonly state: State; readonly ready?: boolean; readonly restarts?: number; readonly endedAgo?: number };

type Shape = {
  readonly name: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly ips?: readonly string[];
  readonly phase: string;
  readonly reason?: string;
  readonly containers?: readonly Container[];
  readonly init?: readonly Container[];
  readonly spec?: object;
  readonly more?: object;
  readonly isDeleted?: boolean;
};

const before = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

const running = (ready = true, more: Partial<Container> = {}): Container => ({
  state: { running: { startedAt: before(60) } },
  ready,
  ...more,
});
const waiting = (reason: string, more: Partial<Container> = {}): Container => ({ state: { waiting: { reason } }, ...more });
const terminated = (reason: string, exitCode: number, more: Partial<Container> = {}): Container => ({
  state: { terminated: { reason, exitCode, startedAt: before(90), finishedAt: before(80) } },
  ...more,
});

const statusOf = (name: string, { state, ready = false, restarts = 0, endedAgo }: Container): object => ({
  name,
  image: 'app:1',
  imageID: '',
  ready,
  restartCount: restarts,
  state,
  ...(endedAgo === undefined ? {} : { lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: before(endedAgo) } } }),
});

function podOf(shape: Shape): MadePod {
  const { name, namespace = 'default', node, ips = [], phase, reason, containers = [running()], init = [], isDeleted = false } = shape;
  const named = (prefix: string, list: readonly Container[]) => list.map((_, at) => ({ name: `${prefix}${at}`, image: 'app:1' }));
  const ready = phase === 'Running' && containers.every((one) => one.ready === true);
  return {
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: { app: name.slice(0, 40) }, ...(isDeleted ? { finalizers: ['lab.test/lingers'] } : {}) },
      spec: {
        ...(node === undefined ? {} : { nodeName: node }),
        containers: named('c', containers),
        ...(init.length > 0 ? { initContainers: named('i', init) } : {}),
        ...shape.spec,
      },
    },
    status: {
      phase,
      ...(reason === undefined ? {} : { reason }),
      ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: node === undefined ? [] : containers.map((one, at) => statusOf(`c${at}`, one)),
      ...(init.length > 0 ? { initContainerStatuses: init.map((one, at) => statusOf(`i${at}`, one)) } : {}),
      startTime: before(100),
      ...shape.more,
    },
    isDeleted,
  };
}

/** Pods in the states that a table shows. */
export const pods: readonly MadePod[] = (
  [
    {
      name: 'coredns-1',
      namespace: 'kube-system',
      node: 'n1',
      ips: ['10.244.1.5'],
      phase: 'Running',
      containers: [running(true, { restarts: 2, endedAgo: 10_800 })],
    },
    { name: 'dual', node: 'n1', ips: ['10.244.1.6', 'fd00:10:244:1::6'], phase: 'Running' },
    { name: 'six', node: 'n2', ips: ['fd00:10:244:2::7'], phase: 'Running' },
    { name: 'two-one-ready', node: 'n2', ips: ['10.244.2.8'], phase: 'Running', containers: [running(), running(false)] },
    {
      name: 'crashing',
      node: 'n2',
      ips: ['10.244.2.9'],
      phase: 'Running',
      containers: [waiting('CrashLoopBackOff', { restarts: 17, endedAgo: 240 })],
    },
    {
      name: 'one-crashing',
      node: 'n2',
      ips: ['10.244.2.10'],
      phase: 'Running',
      containers: [running(), waiting('CrashLoopBackOff', { restarts: 3, endedAgo: 30 })],
    },
    { name: 'no-image', node: 'n1', ips: ['10.244.1.11'], phase: 'Pending', containers: [waiting('ImagePullBackOff')] },
    { name: 'creating', node: 'n1', phase: 'Pending', containers: [waiting('ContainerCreating')] },
    {
      name: 'unscheduled',
      phase: 'Pending',
      more: { nominatedNodeName: 'n3', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
    },
    {
      name: 'gated',
      phase: 'Pending',
      spec: { schedulingGates: [{ name: 'lab.test/wait' }] },
      more: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    },
    {
      name: 'init-running',
      node: 'n1',
      ips: ['10.244.1.12'],
      phase: 'Pending',
      init: [running(false), waiting('PodInitializing')],
      containers: [waiting('PodInitializing')],
    },
    {
      name: 'init-crashing',
      node: 'n1',
      ips: ['10.244.1.13'],
      phase: 'Pending',
      init: [waiting('CrashLoopBackOff', { restarts: 4, endedAgo: 20 })],
      containers: [waiting('PodInitializing')],
    },
    { name: 'done', node: 'n1', ips: ['10.244.1.14'], phase: 'Succeeded', containers: [terminated('Completed', 0)] },
    { name: 'failed', node: 'n1', ips: ['10.244.1.15'], phase: 'Failed', containers: [terminated('Error', 1)] },
    {
      name: 'killed',
      node: 'n2',
      ips: ['10.244.2.16'],
      phase: 'Running',
      containers: [terminated('OOMKilled', 137, { restarts: 1, endedAgo: 400 })],
    },
    { name: 'evicted', node: 'n2', phase: 'Failed', reason: 'Evicted', containers: [] },
    { name: 'leaving', node: 'n2', ips: ['10.244.2.17'], phase: 'Running', isDeleted: true },
    { name: 'lost', node: 'n3', ips: ['10.244.3.18'], phase: 'Running', reason: 'NodeLost', isDeleted: true },
    // its node is lost: the control plane calls it unready, and its containers stay as they were
    { name: 'stranded', node: 'n3', ips: ['10.244.3.21'], phase: 'Running', more: { conditions: [{ type: 'Ready', status: 'False' }] } },
    { name: 'on-host', namespace: 'kube-system', node: 'n3', ips: ['192.0.2.3'], phase: 'Running', spec: { hostNetwork: true } },
    {
      name: 'two-gates',
      node: 'n1',
      ips: ['10.244.1.19'],
      phase: 'Running',
      spec: { readinessGates: [{ conditionType: 'lab.test/a' }, { conditionType: 'lab.test/b' }] },
      more: {
        conditions: [
          { type: 'lab.test/a', status: 'True' },
          { type: 'Ready', status: 'False' },
        ],
      },
    },
    { name: 'a-name-that-is-much-longer-than-the-head-of-its-column-5d9f8c7b6d-x2x4z', node: 'n2', ips: ['10.244.2.20'], phase: 'Running' },
  ] satisfies readonly Shape[]
).map((shape: Shape) => podOf(shape.containers?.length === 0 ? { ...shape, containers: [waiting('ContainerCreating')] } : shape));
