import { join } from 'node:path';
import { buildProgram, type GoProgram, lookUpProgram, type Program } from '../cache/go-program.ts';

/** The Kubernetes that the lab runs; go.mod holds the same version. */
export const VERSION = 'v1.34.4';

// The components report these; without them kube-apiserver says v0.0.0-master, and clients mistrust it.
const STAMPS = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((version) => [
  `-X ${version}.gitVersion=${VERSION}`,
  `-X ${version}.gitMajor=1`,
  `-X ${version}.gitMinor=${VERSION.split('.')[1]}`,
  `-X ${version}.gitTreeState=clean`,
  `-X ${version}.buildDate=1970-01-01T00:00:00Z`,
]);

/** One program that is every component, and etcd: `kubernetes kube-apiserver …`. */
const KUBERNETES: GoProgram = {
  name: 'kubernetes',
  module: join(import.meta.dirname, 'binary'),
  package: '.',
  sources: ['go.mod', 'go.sum', 'main.go'],
  ldflags: ['-s', '-w', ...STAMPS],
  isStatic: true,
  command: 'node lab/kubernetes/build.ts',
};

/** The real Kubernetes, if it was built before. */
export const lookUpKubernetes = (): Program => lookUpProgram(KUBERNETES);

/** Builds the real Kubernetes unless it was: five to six minutes on two cores, cold. */
export const buildKubernetes = (): Promise<Program> => buildProgram(KUBERNETES);
