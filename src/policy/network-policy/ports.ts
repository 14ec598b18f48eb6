import type { PolicyPort } from '#facts/network-policy/network-policy';
import { any, type Three } from '../three.ts';
import type { PolicyQuestion } from '../question.ts';

/** Whether a rule's ports hold the asked one. A name is one of the destination's own container ports; addresses have none. */
export function portsHold(ports: readonly PolicyPort[] | null, question: PolicyQuestion): Three {
  if (ports === null) return true;
  return any(ports, (port) => portHolds(port, question));
}

function portHolds({ protocol, port, endPort }: PolicyPort, question: PolicyQuestion): Three {
  if (protocol !== question.protocol) return false;
  if (port === null) return true;
  if (question.port === null) return false;
  if (typeof port === 'number') return question.port >= port && question.port <= (endPort ?? port);
  if (question.to.is !== 'pod') return false;
  const { ports } = question.to.pod;
  if (ports === undefined) return undefined;
  return ports.some((one) => one.name === port && one.protocol === protocol && one.port === question.port);
}
