import type { Plan } from '#engine/plan';
import type { FactOf } from '#facts/kinds';

/** Why a pod is not ready only its own words tell. */
export function fix({ namespace }: FactOf<'service'>, { name }: FactOf<'pod'>): Plan {
  const look = `kubectl -n ${namespace} describe pod ${name}; kubectl -n ${namespace} logs ${name}`;
  return {
    steps: [],
    manual: {
      en: `see what the readiness probe says: ${look}`,
      zh: `查看就绪探针的报错：${look}`,
    },
    blast: {
      en: 'pods get traffic again as soon as they are ready',
      zh: 'Pod 就绪后会立即重新接收流量',
    },
    lasting: {
      en: 'a readiness probe that asks a shared dependency (a database, another Service) takes all replicas out at once: let it ask only what this pod itself can do; publishNotReadyAddresses is meant for peers that must find each other before they are ready',
      zh: '就绪探针若检查共享依赖（数据库、其他 Service），会让所有副本同时下线：应只检查 Pod 自身；publishNotReadyAddresses 仅用于需要在就绪前互相发现的场景',
    },
  };
}
