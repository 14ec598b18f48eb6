import { alike } from '#engine/alike';
import type { FactOf } from '#facts/kinds';
import type { Empty } from '#intent/endpoint-slices/empty-services';
import { portOn } from '#intent/endpoint-slices/selected';

type Port = FactOf<'service'>['ports'][number];

/** A port of a Service whose target none of its pods has by that name; which of their ports is meant. */
export type UnknownPort = {
  readonly at: number;
  readonly port: Port;
  readonly wanted: string;
  readonly pod: FactOf<'pod'>;
  readonly meant: string | null;
};

/** The first port of an empty Service that is asked for by a name nobody has; nothing where a pod's ports were not told. */
export function unknownPort({ service, pods }: Empty): UnknownPort | undefined {
  const [pod] = pods;
  if (pod === undefined || pods.some(({ ports }) => ports === undefined)) return undefined;
  const at = service.ports.findIndex((port) => pods.every((one) => portOn(one, port) === undefined));
  const port = service.ports[at];
  return port?.targetPort === undefined ? undefined : { at, port, wanted: port.targetPort, pod, meant: meantBy(port, pod) };
}

/** The only port of that protocol, else the only one whose name is alike. */
function meantBy({ protocol, targetPort = '' }: Port, { ports = [] }: FactOf<'pod'>): string | null {
  const possible = ports.filter((one) => one.protocol === protocol);
  const near = possible.filter(({ name }) => name !== null && alike(name, targetPort));
  const [only] = possible.length === 1 ? possible : near.length === 1 ? near : [];
  return only === undefined ? null : (only.name ?? String(only.port));
}
