import type { Answered, Check } from '#engine/check';
import { nameOf } from '#intent/endpoint-slices/empty-services';
import { straysIn } from '#intent/endpoint-slices/strays';

/** Whether every endpoint in use of a Service is one of its pods. */
export const pure = (service: string): Check => ({
  id: `slice-pods ${service}`,
  kind: 'slice-pods',
  from: 'invariant',
  says: {
    en: `every endpoint of ${service} is a pod that it selects`,
    zh: `${service} 的每个 endpoint 都是它所选中的 Pod`,
  },
  ask: ({ facts }): Answered => {
    const strays = straysIn(facts);
    if (strays.is === 'gap') return answer('unknown', strays.gap.detail);
    const [stray] = strays.value.filter((one) => nameOf(one.service) === service);
    return stray === undefined ? answer('pass', 'they are') : answer('fail', `${stray.endpoint.address} is not`);
  },
});

const answer = (result: Answered['result'], says: string): Answered => ({ result, says, probability: null, outcomes: [], gaps: [] });
