import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Stage } from '../conform/stage/raise.ts';
import { enterLab, isInside } from '../inside.ts';
import { must } from '../world/command.ts';
import { iptablesProgram } from '../world/tools.ts';
import { lookUpKubernetes, VERSION } from './program.ts';
import { withServices } from './services/prove.ts';

const FOLDER = fileURLToPath(new URL('../recorded-tools/kube-proxy-restart', import.meta.url));
const [SEED, SERVICES, NODE, BACKEND] = ['restart', 20, 'n1', 'legacy'] as const;
const FAMILIES = ['', '6'] as const;
/** Longer than kube-proxy takes to write all of its rules. */
const WRITTEN_MS = 5000;

/** Keeps what the node has in both families under one name. */
async function keep(stage: Stage, version: string, name: string, says: string): Promise<void> {
  for (const family of FAMILIES) {
    const command = `ip${family}tables-${BACKEND}-save`;
    const { stdout } = await stage.shell(NODE, command);
    const whose = `kube-proxy ${VERSION} in iptables mode, ${SERVICES} Services drawn from the seed "${SEED}"; ${says}`;
    writeFileSync(join(FOLDER, `${name}-ip${family}tables.txt`), `# command: ${command}\n# version: ${version}; ${whose}\n${stdout}`);
  }
  process.stdout.write(`✔ ${name}: ${says}\n`);
}

/** What others do to the rules of both families: all of the nat table is emptied, and two chains of the filter table. */
const DAMAGE = FAMILIES.flatMap((family) => [
  `ip${family}tables-${BACKEND} -t nat -F`,
  `ip${family}tables-${BACKEND} -F FORWARD`,
  `ip${family}tables-${BACKEND} -F KUBE-SERVICES`,
]);

async function record(): Promise<number> {
  mkdirSync('/run/kubernetes', { recursive: true });
  mkdirSync(FOLDER, { recursive: true });
  const found = lookUpKubernetes();
  if (found.is === 'missing') throw new Error(found.reason);
  const version = (await must(iptablesProgram(BACKEND) ?? '', ['iptables', '--version'])).trim();
  await withServices(SEED, { services: SERVICES, packets: 0, backend: BACKEND }, async ({ stage, plane, proxies }) => {
    const proxy = proxies.find(({ node }) => node === NODE);
    if (proxy === undefined) throw new Error(`no kube-proxy on ${NODE}`);
    const argv = ['get', 'services,endpointslices,nodes', '-A', '-o', 'json'];
    const objects = await must(found.path, ['kubectl', '--kubeconfig', plane.kubeconfig('admin'), ...argv]);
    writeFileSync(join(FOLDER, 'objects.txt'), `# command: kubectl ${argv.join(' ')}\n# version: ${VERSION}\n${objects}`);
    await keep(stage, version, '1-started', 'as it started');
    await proxy.daemon.stop();
    for (const line of DAMAGE) await stage.shell(NODE, line);
    await keep(stage, version, '2-flushed', 'then it was stopped, and others took rules away');
    const daemon = proxy.again();
    try {
      await wait(WRITTEN_MS);
      await keep(stage, version, '3-restarted', 'then it was started again');
    } finally {
      await daemon.stop();
    }
  });
  return 0;
}

/** node lab/kubernetes/record-restart.ts: keeps what a start of the real kube-proxy in iptables mode makes of emptied tables, in both families. */
process.exit(isInside() ? await record() : await enterLab(import.meta.url, []));
