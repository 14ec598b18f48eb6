import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'sysctl-files',
  is: 'every file that boot loads kernel settings from',
  where: 'node',
  when: 'once',
  gives: ['sysctl-file'],
  shell: `
opening sysctl-files sysctl-files systemd-analyze cat-config sysctl.d
begun
set --
usr=unknown
for path in /etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf; do
  [ -e "$path" ] || continue
  case $path in /lib/*)
    if [ "$usr" = unknown ]; then if same_file /lib /usr/lib; then usr=same; else usr=other; fi; fi
    [ "$usr" = other ] || continue ;;
  esac
  set -- "$@" "$path"
done
headed "$@" 2>"$SAID"
finish $?
`,
});
