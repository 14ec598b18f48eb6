import { resolveEndpoint } from '#dataplane/endpoints';
import type { Check } from '#engine/check';
import { flowCheck } from '#engine/invariants/flow-check';
import type { Facts } from '#facts/facts';
import type { Flow } from '#sim/packet/trace';
import { UsageError } from './command.ts';

const SHAPE = /^(?<from>.+?)\s*(?:→|->|,)\s*(?<to>[^→,]+?)(?::(?<port>\d{1,5}))?(?:\/(?<protocol>tcp|udp|icmp))?$/;

/** What the user says fails, as checks. A name that nothing captured explains is a usage error that names near ones. */
export function flowChecks(texts: readonly string[], facts: Facts): readonly Check[] {
  return texts.map((text) => {
    const flow = parseFlow(text, facts);
    return {
      ...flowCheck('user', text, flow, { en: `asked: ${text}`, zh: `用户指定:${text}` }, 'user'),
    };
  });
}

export function parseFlow(text: string, facts: Facts): Flow {
  const parts = SHAPE.exec(text)?.groups;
  if (parts?.from === undefined || parts.to === undefined)
    throw new UsageError(`a flow is written from→to[:port][/tcp|udp|icmp], not ${JSON.stringify(text)}`);
  const from = resolveEndpoint(facts, parts.from);
  if (from.is === 'problem') throw new UsageError(from.says);
  const to = resolveEndpoint(facts, parts.to);
  if (to.is === 'problem') throw new UsageError(to.says);
  if (from.endpoint.scope === null)
    throw new UsageError(`${parts.from} was not captured: a flow starts in a captured pod, namespace or node`);
  if (to.endpoint.address === null) throw new UsageError(`no address is known for ${parts.to}`);
  const port = parts.port === undefined ? undefined : Number(parts.port);
  if (port !== undefined && (port < 1 || port > 65535)) throw new UsageError(`--flow ${text}: a port is a number from 1 to 65535`);
  if (parts.protocol === 'udp' && port === undefined) throw new UsageError(`--flow ${text}: udp needs a port`);
  const protocol =
    parts.protocol === 'udp' || parts.protocol === 'icmp'
      ? parts.protocol
      : parts.protocol === 'tcp' || port !== undefined
        ? 'tcp'
        : 'icmp';
  return { from: from.endpoint.scope, to: to.endpoint.address, protocol, ...(port === undefined ? {} : { port }) };
}
