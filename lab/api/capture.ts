import { mkdirSync, writeFileSync } from 'node:fs';
import { must } from '../world/command.ts';
import type { World } from '../world/world.ts';

/** What a person would fetch with kubectl beside the captures of the nodes. */
const RESOURCES = ['namespaces', 'nodes', 'pods', 'services', 'endpointslices', 'networkpolicies'];
/** And where Calico has policies of its own. */
const CALICO = ['globalnetworkpolicies.crd.projectcalico.org', 'networkpolicies.crd.projectcalico.org'];

/** How the product is run, for this file must not know the way itself. */
type Leadline = (args: readonly string[]) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;

/** Saves what `kubectl get … -A -o json` prints where the API's objects are, and has the product import it as one archive. */
export async function captureObjects(world: World, folder: string, leadline: Leadline): Promise<string> {
  const from = `${folder}/kubectl`;
  mkdirSync(from, { recursive: true });
  const global = await world.exec('etcd', 'kubectl', ['get', 'globalnetworkpolicies', '-o', 'name']);
  for (const resource of global.stdout.trim() === '' ? RESOURCES : [...RESOURCES, ...CALICO]) {
    const { code, stdout, stderr } = await world.exec('etcd', 'kubectl', ['get', resource, '-A', '-o', 'json']);
    if (code !== 0) throw new Error(`kubectl get ${resource} ended with ${code}: ${stderr.trim()}`);
    // with what was asked above it: an empty list of all namespaces says something, an empty list does not
    writeFileSync(`${from}/${resource}.json`, `$ kubectl get ${resource} -A -o json\n${stdout}`);
  }
  const out = `${folder}/objects.tar.gz`;
  const { code, stdout, stderr } = await leadline(['import', from, '--out', out]);
  if (code !== 0) throw new Error(`leadline import of the API's objects ended with ${code}: ${(stderr || stdout).trim().slice(-800)}`);
  await must('rm', ['-r', from]);
  return out;
}
