import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** The file and line that boot takes the value from; `null`: no file speaks of it. */
  readonly file: string | null;
  readonly value: string | null;
  /** A program on the node that sets it again when it starts. */
  readonly setBy: string | null;
};

export default texts<Found>({
  en: {
    what: ({ node }) => `${node} forwards packets only until its next reboot`,
    why: ({ file, value, setBy }) =>
      `${file === null ? 'no file that boot reads sets net.ipv4.ip_forward' : `boot takes net.ipv4.ip_forward = ${value} from ${file}`}${setBy === null ? '' : `; ${setBy} sets it again when it starts, not before`}`,
    fix: () => 'write net.ipv4.ip_forward = 1 into a file of /etc/sysctl.d that boot reads last',
  },
  zh: {
    what: ({ node }) => `节点 ${node} 的 IP 转发只到下次重启为止`,
    why: ({ file, value, setBy }) =>
      `${file === null ? '开机读取的文件都没有设置 net.ipv4.ip_forward' : `开机时会从 ${file} 读到 net.ipv4.ip_forward = ${value}`}${setBy === null ? '' : `；${setBy} 启动后才会再次打开`}`,
    fix: () => '在 /etc/sysctl.d 写入 net.ipv4.ip_forward = 1，且文件名要最后被读取',
  },
});
