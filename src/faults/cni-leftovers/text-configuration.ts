import { texts } from '#engine/words';

/** What a configuration that is left is worded from. */
export type Configuration = {
  readonly left: 'configuration';
  readonly node: string;
  /** The plugin that was there before, and the one that runs now. */
  readonly plugin: string;
  readonly running: string;
  /** The file that new pods are made by, and the one that they should be made by. */
  readonly file: string;
  readonly own: string;
  readonly files: number;
};

/** The words for a configuration that is left, and taken for new pods. */
export const configurationText = texts<Configuration>({
  en: {
    what: ({ node, plugin, running, file }) =>
      `${file} of ${plugin}, which no longer runs on ${node}, comes before the configuration of ${running}`,
    why: ({ plugin, running, file, own }) =>
      `the runtime takes the first configuration by name for each new pod: that is ${file} and not ${own}, so pods that start from now on are put into the network of ${plugin}, or do not start, and ${running} knows nothing of them`,
    fix: ({ plugin, files }) => `put ${files === 1 ? 'the file' : `the ${files} files`} of ${plugin} aside`,
  },
  zh: {
    what: ({ node, plugin, running, file }) =>
      `节点 ${node} 上残留了 ${plugin} 的 ${file}（${plugin} 已不再运行），排在 ${running} 的配置之前`,
    why: ({ plugin, running, file, own }) =>
      `容器运行时按文件名取第一个配置创建新 Pod：取到的是 ${file} 而不是 ${own}，此后创建的 Pod 会接入 ${plugin} 的网络或无法启动，${running} 对其一无所知`,
    fix: ({ plugin, files }) => `移开 ${plugin} 残留的 ${files} 个配置文件`,
  },
});
