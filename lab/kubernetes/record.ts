import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enterLab, isInside } from '../inside.ts';
import { must } from '../world/command.ts';
import { iptablesBackends, iptablesProgram } from '../world/tools.ts';
import type { NodeProxy } from './nodes.ts';
import { VERSION } from './program.ts';
import { withServices } from './services/prove.ts';

const FOLDER = fileURLToPath(new URL('../recorded-tools/kube-proxy', import.meta.url));
const SERVICES = 30;

/** Commands whose output is kept, of a node in each mode. */
const commandsOf = ({ mode, backend }: NodeProxy): readonly (readonly string[])[] =>
  mode === 'nftables'
    ? [
        ['nft', 'list', 'ruleset'],
        ['nft', '-j', 'list', 'ruleset'],
      ]
    : ['', '6'].map((family) => [`ip${family}tables-${backend}-save`, '-c']);

/** Plays once with one iptables backend, and keeps what both kube-proxies wrote. */
async function recordWith(backend: 'legacy' | 'nft'): Promise<number> {
  mkdirSync('/run/kubernetes', { recursive: true });
  mkdirSync(FOLDER, { recursive: true });
  const iptables = (await must(iptablesProgram(backend) ?? '', ['iptables', '--version'])).trim();
  const seed = `recorded ${backend}`;
  await withServices(seed, { services: SERVICES, packets: 0, backend }, async ({ stage, proxies }) => {
    // nftables mode does not care which iptables there is
    for (const proxy of proxies.filter(({ mode }) => mode === 'iptables' || backend === 'nft')) {
      const version = proxy.mode === 'iptables' ? iptables : (await must('nft', ['--version'])).trim();
      const whose = `kube-proxy ${VERSION} in ${proxy.mode} mode, ${SERVICES} Services drawn from the seed "${seed}"`;
      for (const argv of commandsOf(proxy)) {
        const { stdout } = await stage.program(proxy.node, argv);
        const name = argv.join('-').replace(/--+/g, '-');
        writeFileSync(join(FOLDER, `${name}.txt`), `# command: ${argv.join(' ')}\n# version: ${version}; ${whose}\n${stdout}`);
        process.stdout.write(`✔ ${argv.join(' ')}\n`);
      }
    }
  });
  return 0;
}

/** node lab/kubernetes/record.ts: keeps the rules that the real kube-proxy writes in both modes, for the tests of parsers. */
async function main([backend]: readonly string[]): Promise<number> {
  if (isInside()) return recordWith(backend === 'nft' ? 'nft' : 'legacy');
  let code = 0;
  for (const one of iptablesBackends()) code ||= await enterLab(import.meta.url, [one]);
  return code;
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }),
);
