import { buildKubernetes } from './program.ts';

/** node lab/kubernetes/build.ts: builds the real Kubernetes components and etcd, once. */
const kubernetes = await buildKubernetes();
console.log(kubernetes.is === 'ready' ? `kubernetes: ${kubernetes.path}` : `kubernetes: not to be had: ${kubernetes.reason}`);
if (kubernetes.is === 'missing') process.exitCode = 1;
