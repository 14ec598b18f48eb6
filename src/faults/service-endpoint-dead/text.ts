import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly endpoint: string;
  /** The Service ports that it is behind. */
  readonly services: readonly string[];
  /** The captured nodes whose rules still lead there. */
  readonly nodes: readonly string[];
  /** The machine that does not answer, or nothing where the node lives and the pod is gone. */
  readonly machine: string | null;
  /** Who asked for it in vain. */
  readonly asker: string;
  /** How many endpoints the first of the Services has on the first node. */
  readonly of: number;
  /** What a glibc application sees whose lookup draws this endpoint: after so many seconds. */
  readonly lookupS: number | null;
  readonly lookupResult: string | null;
  readonly nameserver: string | null;
};

const ofEn = ({ of }: Found): string => (of === 1 ? 'the only endpoint' : `one of ${of} endpoints`);

export default texts<Found>({
  en: {
    what: ({ endpoint, services, machine, ...found }) =>
      `${endpoint}, ${ofEn({ endpoint, services, machine, ...found })} of ${services.join(', ')}, is dead ${
        machine === null ? `(its pod is gone from ${found.asker})` : `(its machine ${machine} answers nobody)`
      } and still in the rules of ${found.nodes.join(', ')}`,
    why: ({ of, lookupS, lookupResult, nameserver }) =>
      [
        `the rules pick an endpoint once for each connection, that is for each source port: 1 in ${of} goes to the dead one and stays there`,
        lookupS === null
          ? ''
          : `; glibc asks ${nameserver} for A and AAAA and again after each timeout from one and the same port, so 1 lookup in ${of} waits ${lookupS} s and ends in ${lookupResult}, the others answer at once`,
      ].join(''),
    fix: ({ endpoint, nodes }) =>
      `take ${endpoint} out of the rules of ${nodes.join(', ')}, give the others its share, forget the connections that are pinned to it`,
  },
  zh: {
    what: ({ endpoint, services, machine, nodes, of, asker }) =>
      `${services.join('、')} 的${of === 1 ? '唯一' : ` ${of} 个`}后端${of === 1 ? '' : '之一'} ${endpoint} 已失效（${
        machine === null ? `${asker} 上已没有该 Pod` : `所在机器 ${machine} 无任何应答`
      }），但仍留在 ${nodes.join('、')} 的规则中`,
    why: ({ of, lookupS, lookupResult, nameserver }) =>
      [
        `规则对每条连接（即每个源端口）只选一次后端：平均每 ${of} 条就有 1 条落到失效后端，且不会再换`,
        lookupS === null
          ? ''
          : `；glibc 向 ${nameserver} 查询 A 与 AAAA 以及每次重试都使用同一个源端口，因此每 ${of} 次解析就有 1 次等待 ${lookupS} 秒后以 ${lookupResult} 失败，其余立即返回`,
      ].join(''),
    fix: ({ endpoint, nodes }) =>
      `在 ${nodes.join('、')} 的规则中摘除 ${endpoint}，按剩余后端重新分配概率，并删除固定到它的 conntrack 表项`,
  },
});
