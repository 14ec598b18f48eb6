import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** The switch that is off, as sysctl names it. */
  readonly setting: string;
  /** The device that packets come in by and are not forwarded from; unknown where no flow could be asked. */
  readonly device: string | null;
  /** Whether boot would switch it on again. */
  readonly kept: boolean;
};

export default texts<Found>({
  en: {
    what: ({ node, setting }) => `${node} does not forward packets: ${setting} = 0`,
    why: ({ node, device }) =>
      `what comes in ${device === null ? '' : `by ${device} `}for a pod or from one is dropped, for ${node} is no router while this is off`,
    fix: ({ setting, kept }) => `set ${setting} to 1${kept ? '' : ', and keep it in a file that boot reads'}`,
  },
  zh: {
    what: ({ node, setting }) => `节点 ${node} 没有开启转发：${setting} = 0`,
    why: ({ device }) =>
      `${device === null ? '' : `从 ${device} 进来的、`}发往 Pod 或来自 Pod 的报文都被内核丢弃，因为该节点此时不做路由转发`,
    fix: ({ setting, kept }) => `将 ${setting} 设为 1${kept ? '' : '，并写入开机会读取的 sysctl 文件'}`,
  },
});
