import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enterLab, isInside } from '../../inside.ts';
import { keep } from '../../recorded-tools/keep.ts';
import { run } from '../../recorded-tools/processes.ts';
import { must } from '../../world/command.ts';
import { startControlPlane } from '../control-plane.ts';
import { lookUpKubernetes, VERSION } from '../program.ts';
import { API_ADDRESS, SERVICE_RANGES } from '../site.ts';
import { commands } from './commands.ts';
import { ends, events, type Made, nodes, services } from './objects.ts';
import { pods } from './pods.ts';

const OUT = fileURLToPath(new URL('../../recorded-tools/kubectl', import.meta.url));
const FOLDER = '/run/kubernetes';

/** node lab/kubernetes/tables/record.ts: what the real kubectl prints of objects in all states that a real kube-apiserver holds. */
async function record(): Promise<number> {
  const kubernetes = lookUpKubernetes();
  if (kubernetes.is === 'missing') throw new Error(kubernetes.reason);
  const lines = ['link set lo up', 'link add api type bridge', `addr add ${API_ADDRESS}/24 dev api`, 'link set api up'];
  await must('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
  const plane = await startControlPlane({
    ...{ program: kubernetes.path, folder: FOLDER, address: API_ADDRESS, serviceRanges: SERVICE_RANGES },
  });
  symlinkSync(kubernetes.path, `${FOLDER}/kubectl`);
  const kubectl = kubectlWith(plane.kubeconfig('admin'));
  try {
    for (const made of [...nodes, ...services, ...ends, ...events]) await make(plane.api, made);
    for (const { object, status, isDeleted } of pods) {
      const { name, namespace = 'default' } = object.metadata;
      await make(plane.api, { collection: `/api/v1/namespaces/${namespace}/pods`, object, status });
      if (isDeleted) kubectl(`kubectl delete pod ${name} -n ${namespace} --wait=false --grace-period=30`);
    }
    rmSync(OUT, { recursive: true, force: true });
    mkdirSync(OUT);
    for (const line of commands) {
      const { exit, text } = kubectl(line);
      const note = { command: line, version: `kubectl and kube-apiserver ${VERSION}`, place: `a client of the API; exit ${exit}` };
      keep(join(OUT, `${slugOf(line)}.txt`), note, text);
    }
    console.log(`kubectl: ${commands.length} outputs`);
    return 0;
  } finally {
    await plane.stop();
  }
}

async function make(api: Awaited<ReturnType<typeof startControlPlane>>['api'], { collection, object, status }: Made): Promise<void> {
  await api.create(collection, object);
  if (status !== undefined) await api.patchStatus(`${collection}/${object.metadata.name}`, status);
}

const kubectlWith =
  (kubeconfig: string) =>
  (line: string): { readonly exit: number; readonly text: string } =>
    run([
      'env',
      `PATH=${FOLDER}:${process.env['PATH'] ?? ''}`,
      `KUBECONFIG=${kubeconfig}`,
      `KUBECACHEDIR=${FOLDER}/cache`,
      'sh',
      '-c',
      line,
    ]);

const slugOf = (line: string): string => line.replaceAll(/[^A-Za-z0-9._]+/g, '-').replaceAll(/^kubectl-|-$/g, '');

process.exit(isInside() ? await record() : await enterLab(import.meta.url, process.argv.slice(2)));
