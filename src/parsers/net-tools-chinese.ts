/**
 * The words of net-tools in Simplified Chinese (CentOS 7 with LANG=zh_CN.UTF-8; of public reports), longer ones first. Its
 * numbers and names stand where the English ones do.
 */
const WORDS: readonly (readonly [string, string])[] = [
  ['内核 IPv6 路由表', 'Kernel IPv6 routing table'],
  ['内核 IP 路由表', 'Kernel IP routing table'],
  ['目标', 'Destination'],
  ['网关', 'Gateway'],
  ['子网掩码', 'Genmask'],
  ['标志', 'Flags'],
  ['跃点数', 'Metric'],
  ['跃点', 'Metric'],
  ['引用', 'Ref'],
  ['使用', 'Use'],
  ['窗口', 'Window'],
  ['接口', 'Iface'],
  ['以太网', 'Ethernet'],
  ['本地环回', 'Local Loopback'],
  ['硬件地址', 'HWaddr'],
  ['地址:', 'addr:'],
  ['广播:', 'Bcast:'],
  ['点对点:', 'P-t-P:'],
  ['掩码:', 'Mask:'],
  ['接收数据包', 'RX packets'],
  ['发送数据包', 'TX packets'],
  ['接收字节', 'RX bytes'],
  ['发送字节', 'TX bytes'],
  ['错误', 'errors'],
  ['丢弃', 'dropped'],
  ['过载', 'overruns'],
  ['帧数', 'frame'],
  ['载波', 'carrier'],
  ['碰撞', 'collisions'],
  ['发送队列长度', 'txqueuelen'],
];

/** What net-tools printed, with its Chinese words in English; lines stay where they are. */
export const inEnglish = (text: string): string =>
  /[\u4e00-\u9fff]/.test(text) ? WORDS.reduce((all, [word, english]) => all.replaceAll(word, english), text) : text;
