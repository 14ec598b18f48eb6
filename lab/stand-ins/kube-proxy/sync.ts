import { KUBE_FILTER, kubeFilter, KUBE_MANGLE, kubeNat } from '../../world/rules/kube-proxy.ts';
import type { LabService } from '../../vocabulary.ts';
import { program } from '../flanneld/kernel.ts';

type Table = { readonly name: 'filter' | 'nat' | 'mangle'; readonly chains: readonly string[]; readonly rules: readonly string[] };

/** kubelet's own, which kube-proxy does not touch. */
const KUBELETS = new Set(['KUBE-KUBELET-CANARY', 'KUBE-IPTABLES-HINT', 'KUBE-FIREWALL']);

const isKubelets = (rule: string): boolean => /KUBE-FIREWALL$|^-A KUBE-FIREWALL /.test(rule);
const isJump = (rule: string): boolean => !rule.startsWith('-A KUBE-');
/** The chains that come and go with Services. */
const isService = (chain: string): boolean => /^KUBE-(SVC|SEP|EXT|SVL|FW)-/.test(chain);

const tablesFor = (services: readonly LabService[], network: string): readonly Table[] => [
  { name: 'mangle', chains: KUBE_MANGLE.chains, rules: [] },
  { name: 'filter', chains: KUBE_FILTER.chains, rules: kubeFilter(services).rules },
  { name: 'nat', ...kubeNat({ services, network }) },
];

/** A full sync: every chain of its own is emptied and filled, chains of Services that are gone are deleted, lost jumps are put first. */
async function put({ name, chains, rules }: Table): Promise<void> {
  const { ok, text } = await program('iptables-save', ['-t', name]);
  const there = new Set(ok ? text.split('\n') : []);
  const held = [...there].flatMap((line) => /^:(KUBE-\S+) /.exec(line)?.[1] ?? []);
  const own = chains.filter((chain) => !KUBELETS.has(chain));
  const gone = held.filter((chain) => isService(chain) && !own.includes(chain));
  const jumps = rules.filter((rule) => isJump(rule) && !isKubelets(rule) && !there.has(rule));
  const lines = [
    `*${name}`,
    ...[...own, ...gone].map((chain) => `:${chain} - [0:0]`), // a chain that is named so is emptied, also with --noflush
    // each is put first, the last ones of the list before the others
    ...jumps.toReversed().map((rule) => rule.replace(/^-A/, '-I')),
    ...rules.filter((rule) => !isJump(rule) && !isKubelets(rule)),
    ...gone.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ];
  await program('iptables-restore', ['--noflush'], lines.join('\n'));
}

/** Makes the node's tables what its Services ask for. */
export async function sync(services: readonly LabService[], network: string): Promise<void> {
  for (const table of tablesFor(services, network)) await put(table);
}
