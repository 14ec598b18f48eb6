import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { numberIn, readArguments } from '../arguments.ts';
import { enterLab, isInside } from '../inside.ts';
import { must } from '../world/command.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { lookUpKubernetes } from './program.ts';
import { withServices } from './services/prove.ts';
import { API_ADDRESS, SERVICE_RANGES } from './site.ts';

/**
 * node lab/kubernetes/up.ts [--nodes --seed S --services N] [-- PROGRAM ARGUMENT…]: a real etcd and kube-apiserver, with --nodes
 * also two nodes with kube-proxy and drawn Services, for as long as the program (a shell) runs; `kubectl` is on its PATH.
 */
async function main(args: readonly string[]): Promise<number> {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const { value, flag } = readArguments(args.slice(0, end), ['seed', 'services'], ['nodes']);
  const command = end < args.length ? args.slice(end + 1) : [process.env['SHELL'] ?? 'sh'];
  const kubernetes = lookUpKubernetes();
  if (kubernetes.is === 'missing') throw new Error(kubernetes.reason);
  const bin = '/run/kubernetes/bin';
  mkdirSync(bin, { recursive: true });
  for (const name of ['kubectl', 'etcd', 'kube-apiserver', 'kube-proxy']) symlinkSync(kubernetes.path, `${bin}/${name}`);
  const use = (plane: ControlPlane): Promise<number> => run(command, bin, plane.kubeconfig('admin'));
  if (flag('nodes')) {
    const shape = { services: numberIn(value('services'), 10, 500), packets: 0 };
    return withServices(value('seed') ?? 'up', shape, ({ plane }) => use(plane));
  }
  const lines = ['link set lo up', 'link add api type bridge', `addr add ${API_ADDRESS}/24 dev api`, 'link set api up'];
  await must('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
  const wanted = { program: kubernetes.path, folder: '/run/kubernetes', address: API_ADDRESS, serviceRanges: SERVICE_RANGES };
  const plane = await startControlPlane(wanted);
  return use(plane).finally(() => plane.stop());
}

function run([program = 'sh', ...args]: readonly string[], bin: string, kubeconfig: string): Promise<number> {
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: '/run/kubernetes/cache',
  };
  const child = spawn(program, args, { stdio: 'inherit', env });
  return new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

process.exit(
  isInside()
    ? await main(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
      })
    : await enterLab(import.meta.url, process.argv.slice(2)),
);
