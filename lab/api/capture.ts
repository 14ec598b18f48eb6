import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { listed, listText } from '../stand-ins/kubectl/list.ts';
import { OBJECTS_FILE, readObjects, resourceOf } from '../stand-ins/kubectl/store.ts';
import type { Ran } from '../world/command.ts';
import { SHARED } from '../world/node-script.ts';

/** What a person would fetch with kubectl beside the captures of the nodes. */
const RESOURCES = ['namespaces', 'nodes', 'pods', 'services', 'endpointslices', 'networkpolicies'];
/** And where Calico has policies of its own. */
const CALICO = ['globalnetworkpolicies.crd.projectcalico.org', 'networkpolicies.crd.projectcalico.org'];

/** A command line of the product outside all nodes, however it is run. */
export type Leadline = (args: readonly string[]) => Promise<Ran>;

/**
 * Saves what `kubectl get … -A -o json` prints of the API's objects, and has the product import it as one archive. What the
 * stand-in would print is asked of it here: seven programs that start cost more than all captures.
 */
export async function captureObjects(folder: string, leadline: Leadline): Promise<string> {
  const from = `${folder}/kubectl`;
  mkdirSync(from, { recursive: true });
  const objects = readObjects(`${SHARED}/${basename(OBJECTS_FILE)}`);
  const hasCalico = listed(objects, resourceOf('globalnetworkpolicies')).length > 0;
  for (const resource of hasCalico ? [...RESOURCES, ...CALICO] : RESOURCES) {
    // with what was asked above it: an empty list of all namespaces says something, an empty list does not
    const list = listText(listed(objects, resourceOf(resource)));
    writeFileSync(`${from}/${resource}.json`, `$ kubectl get ${resource} -A -o json\n${list}\n`);
  }
  const out = `${folder}/objects.tar.gz`;
  const { code, stdout, stderr } = await leadline(['import', from, '--out', out]);
  if (code !== 0) throw new Error(`leadline import of the API's objects ended with ${code}: ${(stderr || stdout).trim().slice(-800)}`);
  rmSync(from, { recursive: true });
  return out;
}
