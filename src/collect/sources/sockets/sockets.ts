import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'sockets',
  is: 'TCP and UDP sockets with their timers and options, and those of SCTP where the kernel has it',
  where: 'everywhere',
  when: 'every look',
  gives: ['socket', 'listed-protocol'],
  shell: `
if [ "$SS" != none ]; then
  if [ "$WHERE" = . ]; then reading sockets ss ss -tuanpie$SS $SOCKET_OPTIONS; else reading sockets ss ss -tuanie$SS $SOCKET_OPTIONS; fi
elif [ "$NETSTAT" != none ]; then
  if [ "$WHERE" = . ]; then reading sockets netstat netstat -antuop; else reading sockets netstat netstat -antuo; fi
else
  for table in tcp tcp6 udp udp6; do [ ! -r /proc/net/$table ] || reading sockets proc-sockets cat /proc/net/$table; done
fi
`,
});
