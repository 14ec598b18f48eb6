import { defineSource } from '../../source.ts';

/** Where the kernel has no such file nobody can listen. */
export default defineSource({
  id: 'packet-queues',
  is: 'the queues of packets (NFQUEUE) that programs listen to',
  where: 'everywhere',
  when: 'once',
  gives: ['packet-queue'],
  shell: `
if [ -e /proc/net/netfilter/nfnetlink_queue ]; then
  file packet-queues proc-nfnetlink-queue /proc/net/netfilter/nfnetlink_queue
elif [ -d /proc/net/netfilter ]; then
  opening packet-queues proc-nfnetlink-queue cat /proc/net/netfilter/nfnetlink_queue
  begun
  finish 0
fi
`,
});
