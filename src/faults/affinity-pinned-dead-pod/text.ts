import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly services: readonly string[];
  /** Real servers of weight 0 that are dead, with their ports. */
  readonly servers: readonly string[];
  /** Who is kept there. */
  readonly clients: readonly string[];
  /** How long a client is kept after its last connection, where that was read. */
  readonly seconds: number | null;
  /** Whether boot would set it. */
  readonly kept: boolean;
};

const MOST = 4;
const some = (all: readonly string[], and: string): string =>
  `${all.slice(0, MOST).join(and)}${all.length > MOST ? ` (+${all.length - MOST})` : ''}`;

export default texts<Found>({
  en: {
    what: ({ node, services, servers, clients }) =>
      `IPVS of ${node} leads ${some(clients, ', ')} to ${some(servers, ', ')} of ${some(services, ', ')}, which ${servers.length === 1 ? 'is' : 'are'} dead and should get nothing new (weight 0)`,
    why: ({ seconds }) =>
      `session affinity keeps a client at its server for ${seconds === null ? 'so long' : `${seconds} s`} after its last connection, each try begins them anew, and with expire_quiescent_template = 0 weight 0 ends no such choice: these clients fail always, all others never`,
    fix: ({ kept }) =>
      `set net.ipv4.vs.expire_quiescent_template to 1${kept ? '' : ', and keep it in a file that boot reads'}: the next connection of each client gets a server that lives`,
  },
  zh: {
    what: ({ node, services, servers, clients }) =>
      `节点 ${node} 的 IPVS 把 ${some(clients, '、')} 固定到 ${some(services, '、')} 的后端 ${some(servers, '、')}，而它已失效且不应再接收新连接（权重 0）`,
    why: ({ seconds }) =>
      `会话保持让客户端在最后一个连接后${seconds === null ? '一段时间' : ` ${seconds} 秒`}内始终回到同一后端，每次重试都会重新计时；expire_quiescent_template = 0 时权重为 0 也不会结束这种绑定，因此这些客户端永远失败，其他客户端从不失败`,
    fix: ({ kept }) =>
      `将 net.ipv4.vs.expire_quiescent_template 设为 1${kept ? '' : '，并写入开机会读取的 sysctl 文件'}：各客户端的下一个连接会分配到存活的后端`,
  },
});
