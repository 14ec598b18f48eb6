import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly endpoints: readonly string[];
  /** The Service ports that they are behind. */
  readonly services: readonly string[];
  /** The captured nodes whose rules still lead there. */
  readonly nodes: readonly string[];
  /** The machine that does not answer, or nothing where the node lives and the pod is gone. */
  readonly machine: string | null;
  /** Who asked for it in vain. */
  readonly asker: string;
  /** How many endpoints a Service has that is hit. */
  readonly of: number;
  /** The Services that keep a client at the endpoint which it drew first, for how many seconds, and whom their lists hold. */
  readonly keptServices: readonly string[];
  readonly keptS: number | null;
  readonly keptClients: readonly string[];
  /** What a glibc application sees whose lookup draws a dead endpoint: after so many seconds. */
  readonly lookupS: number | null;
  readonly lookupResult: string | null;
  readonly nameserver: string | null;
};

const MOST = 4;
const some = (all: readonly string[], and: string): string =>
  `${all.slice(0, MOST).join(and)}${all.length > MOST ? ` (+${all.length - MOST})` : ''}`;

export default texts<Found>({
  en: {
    what: ({ endpoints, services, machine, asker, nodes }) =>
      `${endpoints.join(', ')} of ${services.join(', ')} ${endpoints.length === 1 ? 'is' : 'are'} dead (${
        machine === null ? `the pod is gone from ${asker}` : `the machine ${machine} answers nobody`
      }) and still in the rules of ${nodes.join(', ')}`,
    why: ({ services, of, lookupS, lookupResult, nameserver, keptServices, keptS, keptClients }) =>
      [
        services.every((one) => keptServices.includes(one))
          ? ''
          : `the rules pick an endpoint once for each connection, that is for each source port: 1 in ${of} goes to the dead one and stays there`,
        lookupS === null
          ? ''
          : `glibc asks ${nameserver} for A and AAAA and again after each timeout from one and the same port, so 1 lookup in ${of} waits ${lookupS} s and ends in ${lookupResult}, the others answer at once`,
        keptS === null
          ? ''
          : `${keptServices.join(', ')} keeps a client for ${keptS} s after its last packet at the endpoint that it drew first, and each try begins them anew: who drew the dead one fails always, the others never${keptClients.length === 0 ? '' : `; kept there now: ${some(keptClients, ', ')}`}`,
      ]
        .filter((part) => part !== '')
        .join('; '),
    fix: ({ endpoints, nodes }) =>
      `take ${endpoints.join(', ')} out of the rules of ${nodes.join(', ')}, give the other endpoints their share, forget the connections that are pinned there`,
  },
  zh: {
    what: ({ endpoints, services, machine, asker, nodes }) =>
      `${services.join('、')} 的后端 ${endpoints.join('、')} 已失效（${
        machine === null ? `${asker} 上已没有该 Pod` : `所在机器 ${machine} 无任何应答`
      }），但仍留在 ${nodes.join('、')} 的规则中`,
    why: ({ services, of, lookupS, lookupResult, nameserver, keptServices, keptS, keptClients }) =>
      [
        services.every((one) => keptServices.includes(one))
          ? ''
          : `规则对每条连接（即每个源端口）只选一次后端：平均每 ${of} 条就有 1 条落到失效后端，且不会再换`,
        lookupS === null
          ? ''
          : `glibc 向 ${nameserver} 查询 A 与 AAAA 以及每次重试都使用同一个源端口，因此每 ${of} 次解析就有 1 次等待 ${lookupS} 秒后以 ${lookupResult} 失败，其余立即返回`,
        keptS === null
          ? ''
          : `${keptServices.join('、')} 启用了会话保持：客户端在最后一个报文后 ${keptS} 秒内始终回到首次选中的后端，每次重试都会重新计时，因此选中失效后端的客户端永远失败，其他客户端从不失败${keptClients.length === 0 ? '' : `；当前被固定的客户端：${some(keptClients, '、')}`}`,
      ]
        .filter((part) => part !== '')
        .join('；'),
    fix: ({ endpoints, nodes }) =>
      `在 ${nodes.join('、')} 的规则中摘除 ${endpoints.join('、')}，按剩余后端重新分配概率，并删除固定到它们的 conntrack 表项`,
  },
});
