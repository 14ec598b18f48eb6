import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Stage } from '../conform/stage/raise.ts';
import { diceOf } from '../draw/dice.ts';
import { enterLab, isInside } from '../inside.ts';
import type { Daemon } from '../real/daemon.ts';
import { must } from '../world/command.ts';
import type { ControlPlane } from './control-plane.ts';
import { lookUpKubernetes, VERSION } from './program.ts';
import { drawService } from './services/draw.ts';
import { withServices } from './services/prove.ts';
import type { Site } from './site.ts';

const FOLDER = fileURLToPath(new URL('../recorded-tools/kube-proxy-nft-follow', import.meta.url));
const [SEED, SERVICES, NODE] = ['follow', 24, 'n2'];
const TABLES = ['ip kube-proxy', 'ip6 kube-proxy'] as const;
/** Longer than kube-proxy waits between two syncs, and until it tries once more what has failed. */
const FOLLOWED_MS = 3000;
const RETRIED_MS = 33_000;

type Kept = { readonly stage: Stage; readonly plane: ControlPlane; readonly program: string; readonly nft: string };

const kubectl = ({ plane, program }: Kept, ...args: readonly string[]): Promise<string> =>
  must(program, ['kubectl', '--kubeconfig', plane.kubeconfig('admin'), ...args]);

/** Keeps the objects, and the ruleset that the node has beside them, under one name. */
async function keep(kept: Kept, name: string, says: string, objects: boolean): Promise<void> {
  const whose = `kube-proxy ${VERSION} in nftables mode, ${SERVICES} Services drawn from the seed "${SEED}"; ${says}`;
  if (objects) {
    const argv = ['get', 'services,endpointslices,nodes', '-A', '-o', 'json'];
    writeFileSync(
      join(FOLDER, `${name}-objects.txt`),
      `# command: kubectl ${argv.join(' ')}\n# version: ${VERSION}\n${await kubectl(kept, ...argv)}`,
    );
  }
  const { stdout } = await kept.stage.shell(NODE, 'nft -a list ruleset');
  writeFileSync(join(FOLDER, `${name}-rules.txt`), `# command: nft -a list ruleset\n# version: ${kept.nft}; ${whose}\n${stdout}`);
  process.stdout.write(`✔ ${name}: ${says}\n`);
}

/** Some Services go, some are made anew as others, some are new. */
async function change(kept: Kept, site: Site): Promise<void> {
  const dice = diceOf(`${SEED} changed`);
  const { api } = kept.plane;
  const gone = Array.from({ length: 12 }, (_, at) => `s${at + 1}`);
  await kubectl(kept, 'delete', 'services', ...gone);
  await kubectl(kept, 'delete', 'endpointslices', '-l', `kubernetes.io/service-name in (${gone.join(',')})`);
  for (const number of [7, 8, 9, 10, 11, 12, 31, 32, 33, 34]) {
    const { service, slices } = drawService(dice, number, site);
    await api.create('/api/v1/namespaces/default/services', service);
    for (const slice of slices) await api.create('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice);
  }
  const [first, second] = ['s13', 's14'];
  await kubectl(kept, 'patch', 'service', first, '--type=merge', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}');
  await kubectl(kept, 'delete', 'endpointslices', '-l', `kubernetes.io/service-name=${second}`);
}

/** Endpoints go, and come back while nobody runs: their chains are there, empty. */
async function returned(kept: Kept, stop: () => Promise<() => Promise<void>>): Promise<void> {
  const slices = ['-l', 'kubernetes.io/service-name=s9'];
  const held = await kubectl(kept, 'get', 'endpointslices', ...slices, '-o', 'json');
  await kubectl(kept, 'delete', 'endpointslices', ...slices);
  await wait(FOLLOWED_MS);
  const again = await stop();
  await keep(kept, '9-stopped', 'and a Service lost its endpoints before it was stopped', true);
  await must(kept.program, ['kubectl', '--kubeconfig', kept.plane.kubeconfig('admin'), 'create', '-f', '-'], { input: bare(held) });
  await again();
  await keep(kept, '10-returned', 'and was started once they were back', true);
}

/** A list without what the API gave its objects. */
const bare = (list: string): string =>
  JSON.stringify(JSON.parse(list), (name, value: unknown) => (name === 'uid' || name === 'resourceVersion' ? undefined : value));

/** What others do to the rules: of each family one of its own chains is emptied, one of a Service and one of an endpoint. */
const DAMAGE = TABLES.flatMap((table) => [
  `nft flush chain ${table} masquerading`,
  `nft flush chain ${table} $(nft list table ${table} | awk '/chain service-/{print $2; exit}')`,
  `nft flush chain ${table} $(nft list table ${table} | awk '/chain endpoint-/{print $2; exit}')`,
]);

async function record(): Promise<number> {
  mkdirSync('/run/kubernetes', { recursive: true });
  mkdirSync(FOLDER, { recursive: true });
  const found = lookUpKubernetes();
  if (found.is === 'missing') throw new Error(found.reason);
  const nft = (await must('nft', ['--version'])).trim();
  await withServices(SEED, { services: SERVICES, packets: 0, backend: 'nft' }, async ({ site, stage, plane, proxies }) => {
    const proxy = proxies.find(({ node }) => node === NODE);
    if (proxy === undefined) throw new Error(`no kube-proxy on ${NODE}`);
    const kept: Kept = { stage, plane, program: found.path, nft };
    let daemon: Daemon = proxy.daemon;
    const again = async (): Promise<void> => {
      await daemon.stop();
      daemon = proxy.again();
      await wait(FOLLOWED_MS);
    };
    try {
      await keep(kept, '1-started', 'as it started', true);
      await change(kept, site);
      await wait(FOLLOWED_MS);
      await keep(kept, '2-followed', 'Services went, changed and came', true);
      for (const line of DAMAGE) await stage.shell(NODE, line);
      await keep(kept, '3-damaged', 'others took rules and elements away', false);
      await kubectl(kept, 'delete', 'endpointslices', '-l', 'kubernetes.io/service-name=s17');
      await wait(FOLLOWED_MS);
      await keep(kept, '4-followed-damaged', 'then a Service lost its endpoints', true);
      await again();
      await keep(kept, '5-restarted', 'then it was started again', false);
      for (const table of TABLES) await stage.shell(NODE, `nft flush map ${table} service-ips`);
      await keep(kept, '6-damaged-maps', 'and its maps were emptied', false);
      await kubectl(kept, 'delete', 'endpointslices', '-l', 'kubernetes.io/service-name in (s10,s21)');
      await wait(RETRIED_MS);
      await keep(kept, '7-retried', 'and other Services lost their endpoints', true);
      for (const table of TABLES) await stage.shell(NODE, `nft delete table ${table}`);
      await again();
      await keep(kept, '8-restarted-without', 'and it was started again without any table', false);
      await returned(kept, async () => {
        await daemon.stop();
        return again;
      });
    } finally {
      await daemon.stop();
    }
  });
  return 0;
}

process.exit(isInside() ? await record() : await enterLab(import.meta.url, []));
