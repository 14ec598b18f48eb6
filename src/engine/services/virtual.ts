import type { World } from '#dataplane/world';
import type { TracedOutcome } from '#sim/packet/outcome';
import { type Flow, trace } from '#sim/packet/trace';
import { judgeOutcomes } from '../ask.ts';
import type { Answered } from '../check.ts';

/**
 * Asks a flow to a Service's cluster address. No machine has one: what leaves a machine with it unwritten reaches nobody. What leaves a
 * pod is not past the machine's rules. Where a device holds that address, as kube-ipvs0 does, the stack's own refusal
 * (net/ipv4/tcp_ipv4.c tcp_v4_send_reset, net/ipv4/udp.c __udp4_lib_rcv) is no answer of the Service's.
 */
export const askVirtual =
  (flow: Flow) =>
  (world: World): Answered => {
    const { outcomes, complete } = trace(world, flow);
    const isUnwritten = ({ received }: TracedOutcome): boolean =>
      received.destination === flow.to && received.destinationPort === flow.port;
    const isLost = ({ disposition, received, at }: TracedOutcome): boolean =>
      disposition === 'left the model' && at.netns === '' && received.destination === flow.to;
    return judgeOutcomes(
      outcomes.map((one): TracedOutcome => {
        if (isLost(one)) return { ...one, works: 'no' };
        return one.disposition === 'no listener' && isUnwritten(one) ? { ...one, works: 'no', reply: null } : one;
      }),
      complete,
    );
  };
