import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly setting: string;
  readonly bridge: string;
  /** Whom the client asked, who answered in its place, and who the client is. */
  readonly asked: string;
  readonly answered: string;
  readonly client: string;
  /** Whether boot would switch it on again. */
  readonly kept: boolean;
};

export default texts<Found>({
  en: {
    what: ({ node, setting }) => `iptables does not see what the pod bridge of ${node} passes on: ${setting} = 0`,
    why: ({ bridge, asked, answered, client }) =>
      `${client} asks ${asked} and is led to ${answered} behind the same ${bridge}; the answer is switched straight back and keeps ${answered} as its source, so ${client} does not know it`,
    fix: ({ setting, kept }) => `set ${setting} to 1${kept ? '' : ', and keep it in a file that boot reads'}`,
  },
  zh: {
    what: ({ node, setting }) => `节点 ${node} 的网桥流量不经过 iptables：${setting} = 0`,
    why: ({ bridge, asked, answered, client }) =>
      `${client} 访问 ${asked}，被转给同在 ${bridge} 上的 ${answered}；应答由网桥直接送回，源地址仍是 ${answered}，没有还原成 ${asked}，${client} 不认识该应答`,
    fix: ({ setting, kept }) => `将 ${setting} 设为 1${kept ? '' : '，并写入开机会读取的 sysctl 文件'}`,
  },
});
