import { resolveEndpoint } from '#dataplane/endpoints';
import type { Check } from '#engine/check';
import { flowCheck } from '#engine/invariants/flow-check';
import type { Facts } from '#facts/facts';
import type { Flow } from '#sim/packet/trace';
import { UsageError } from './command.ts';
import { flowOf } from './trace/flow.ts';

const SHAPE = /^(?<from>.+?)\s*(?:→|->|,)\s*(?<to>[^→,]+)$/;

/** What the user says fails, as checks. A name that nothing captured explains is a usage error that names near ones. */
export function flowChecks(texts: readonly string[], facts: Facts): readonly Check[] {
  return texts.map((text) => {
    const flow = parseFlow(text, facts);
    return {
      ...flowCheck('user', text, flow, { en: `asked: ${text}`, zh: `用户指定:${text}` }, 'user'),
    };
  });
}

/** The two ends are written as for `trace`. */
export function parseFlow(text: string, facts: Facts): Flow {
  const { from, to } = SHAPE.exec(text)?.groups ?? {};
  if (from === undefined || to === undefined)
    throw new UsageError(`a flow is written from→to[:port][/tcp|udp|icmp], not ${JSON.stringify(text)}`);
  const start = resolveEndpoint(facts, from);
  if (start.is === 'found' && start.endpoint.scope === null)
    throw new UsageError(`${from} was not captured: a flow starts in a captured pod, namespace or node`);
  try {
    return flowOf({ from, to: to.trim() }, facts).flow;
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`--flow ${text}: ${error.message}`) : error;
  }
}
