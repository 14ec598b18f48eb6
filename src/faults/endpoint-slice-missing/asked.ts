import type { Answered, Check } from '#engine/check';
import { nameOf } from '#intent/endpoint-slices/empty-services';
import { leftOut } from '#intent/endpoint-slices/left-out';

/** Whether every ready pod of a Service stands in a slice of it. */
export const whole = (service: string): Check => ({
  id: `pods-in-slices ${service}`,
  kind: 'pods-in-slices',
  from: 'invariant',
  says: {
    en: `every ready pod that ${service} selects is one of its endpoints`,
    zh: `${service} 选中的每个就绪 Pod 都是它的 endpoint`,
  },
  ask: ({ facts }): Answered => {
    const left = leftOut(facts);
    if (left.is === 'gap') return answer('unknown', left.gap.detail);
    const own = left.value.find((one) => nameOf(one.service) === service);
    const [pod] = own?.pods ?? [];
    return pod === undefined ? answer('pass', 'they are') : answer('fail', `${nameOf(pod)} is not`);
  },
});

const answer = (result: Answered['result'], says: string): Answered => ({ result, says, probability: null, outcomes: [], gaps: [] });
