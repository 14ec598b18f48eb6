import type { FactOf } from '#facts/kinds';
import { type Ip, parseIp } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, portNumber, quoted } from '../lines.ts';

type Service = FactOf<'service'>;
type Pod = FactOf<'pod'>;
type Cells = ReadonlyMap<string, string>;

const PODS = /^(?:NAMESPACE +)?NAME +READY +STATUS +RESTARTS +AGE\b/;
const SERVICES = /^(?:NAMESPACE +)?NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\b/;

/** Where each column begins; names of two words have one blank between them. */
const columnsOf = (header: string): readonly { readonly name: string; readonly at: number }[] =>
  [...header.slice(0, 2000).matchAll(/\S+(?: \S+)*/g)].map((found) => ({ name: found[0], at: found.index }));

/** The namespace that was asked for, where the table has no column of it. */
function askedNamespace(input: Input): string | undefined {
  const at = input.argv.findIndex((word) => word === '-n' || word === '--namespace');
  return at >= 0 ? input.argv[at + 1] : input.argv.find((word) => word.startsWith('--namespace='))?.slice('--namespace='.length);
}

const addressesOf = (text: string): Ip[] => text.split(',').flatMap((one) => parseIp(one) ?? []);

const PHASES = new Set(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']);

const orNone = (text: string | undefined): string | null | undefined => (text === '<none>' ? null : text);

function podOf(cells: Cells, namespace: string): Omit<Pod, 'origin'> | string {
  const ip = cells.get('IP');
  if (ip === undefined) return 'without -o wide the table tells no addresses';
  const [ready, all] = (cells.get('READY') ?? '').split('/');
  const status = cells.get('STATUS') ?? '';
  return {
    namespace,
    name: cells.get('NAME') ?? '',
    uid: undefined,
    node: orNone(cells.get('NODE')),
    addresses: addressesOf(ip),
    hostNetwork: undefined,
    phase: PHASES.has(status) ? status : undefined, // the column also shows reasons of containers
    ready: ready === undefined || all === undefined ? undefined : ready === all && ready !== '0',
    labels: undefined,
  };
}

/** `53/UDP`, `80:30080/TCP`; names and targets are not told. */
function portsOf(text: string): Service['ports'] | undefined {
  if (text === '<none>') return [];
  const ports = text.split(',').map((one) => {
    const [, port, nodePort, protocol] = /^(\d{1,5})(?::(\d{1,5}))?\/(TCP|UDP|SCTP)$/.exec(one) ?? [];
    const number = portNumber(port);
    if (number === undefined) return undefined;
    return {
      name: '',
      protocol: protocol as 'TCP' | 'UDP' | 'SCTP',
      port: number,
      targetPort: undefined,
      nodePort: portNumber(nodePort) ?? null,
    };
  });
  return ports.includes(undefined) ? undefined : ports.filter((one) => one !== undefined);
}

function selectorOf(text: string | undefined): Service['selector'] {
  if (text === undefined || text === '<none>') return text === undefined ? undefined : null;
  return Object.fromEntries(text.split(',').map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
}

function serviceOf(cells: Cells, namespace: string): Omit<Service, 'origin'> | string {
  const ports = portsOf(cells.get('PORT(S)') ?? '');
  if (ports === undefined) return 'ports that are not understood';
  const clusterIps = addressesOf(cells.get('CLUSTER-IP') ?? '');
  return {
    namespace,
    name: cells.get('NAME') ?? '',
    type: cells.get('TYPE'),
    clusterIps,
    ports,
    selector: selectorOf(cells.get('SELECTOR')),
  };
}

/**
 * `kubectl get pods -o wide` and `kubectl get services`. The tables of Nodes and Endpoints leave out what their facts need
 * (pod prefixes, protocols).
 */
export default defineFormat({
  id: 'kubectl-table',
  is: 'Pods and Services as `kubectl get` prints them',
  tells: ['pod', 'service'],
  recognise: (head) => (linesOf(head).some((line) => PODS.test(line) || SERVICES.test(line)) ? 0.97 : 0),
  parse: (input): Parsed => {
    const pods: Pod[] = [];
    const services: Service[] = [];
    const problems: Problem[] = [];
    let columns = columnsOf('');
    let of: 'pods' | 'services' | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      if (PODS.test(line) || SERVICES.test(line)) {
        of = PODS.test(line) ? 'pods' : 'services';
        columns = columnsOf(line);
        continue;
      }
      const cells: Cells = new Map(columns.map(({ name, at }, column) => [name, line.slice(at, columns[column + 1]?.at).trim()]));
      const namespace = cells.get('NAMESPACE') ?? askedNamespace(input);
      const origin = lineOf(input, index + 1);
      const read =
        namespace === undefined
          ? 'the table does not tell the namespace'
          : of === 'pods'
            ? podOf(cells, namespace)
            : serviceOf(cells, namespace);
      if (of === undefined || line.length > 4096 || (cells.get('NAME') ?? '') === '')
        problems.push({ line: index + 1, why: `no row: ${quoted(line)}` });
      else if (typeof read === 'string') problems.push({ line: index + 1, why: read });
      else if ('phase' in read) pods.push({ ...read, origin });
      else services.push({ ...read, origin });
    }
    const whole = problems.length === 0 && columns.some(({ name }) => name === 'NAMESPACE') ? coverageOf(input) : [];
    const readings = [
      ...(pods.length > 0 ? [reading('pod', pods, whole, CLUSTER)] : []),
      ...(services.length > 0 ? [reading('service', services, whole, CLUSTER)] : []),
    ];
    return { readings, problems };
  },
});
