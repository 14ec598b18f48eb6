import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'host',
  is: 'what the machine says of itself',
  where: 'node',
  when: 'once',
  gives: ['host'],
  shell: `
opening host host sh -c 'uname -n; uname -r; cat /etc/machine-id /proc/sys/kernel/random/boot_id /etc/os-release'
begun
{
  echo '# leadline host'
  if read -r word </proc/sys/kernel/hostname || word=$(uname -n); then echo "hostname $word"; fi
  if read -r word </proc/sys/kernel/osrelease || word=$(uname -r); then echo "kernel $word"; fi
  if read -r word </etc/machine-id && [ -n "$word" ]; then echo "machine-id $word"; fi
  if read -r word </proc/sys/kernel/random/boot_id; then echo "boot-id $word"; fi
  while IFS= read -r line; do
    case $line in PRETTY_NAME=*)
      word=\${line#*=} word=\${word#\\"}
      printf 'os %s\\n' "\${word%\\"}" ;;
    esac
  done </etc/os-release
} 2>"$SAID"
finish 0
`,
});
