/** `storewalk completion SHELL`: a script that completes commands and flags, made from the program's own tree of commands. */
import type { Command } from "commander";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printData } from "./talk.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** Words that may follow a command, by the command as it is typed. */
type Words = readonly (readonly [typed: string, words: readonly string[]])[];

export function completion(program: Command, shell: Shell): ExitCode {
  const words = wordsOf(program, program.name());
  printData(shell === "fish" ? fishScript(words) : shell === "zsh" ? zshScript(words) : bashScript(words));
  return EXIT.ok;
}

function wordsOf(command: Command, typed: string): Words {
  const flags = command.options.flatMap(({ long }) => (long ? [long] : []));
  const own = [typed, [...command.commands.map((inner) => inner.name()), ...flags, "--help"]] as const;
  return [own, ...command.commands.flatMap((inner) => wordsOf(inner, `${typed} ${inner.name()}`))];
}

/** Looks for the longest command that is typed already. */
function bashScript(words: Words): string {
  const cases = words.map(([typed, next]) => `    "${typed}") words="${next.join(" ")}" ;;`).join("\n");
  return `# storewalk's completion for bash: source it, or put it into bash-completion's folder.
_storewalk_words() {
  case "$1" in
${cases}
    *) return 1 ;;
  esac
}
_storewalk() {
  local words="" typed="storewalk" word
  _storewalk_words "$typed"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    _storewalk_words "$typed $word" && typed="$typed $word"
  done
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _storewalk storewalk`;
}

function zshScript(words: Words): string {
  return `#compdef storewalk
autoload -U +X bashcompinit && bashcompinit
${bashScript(words)}`;
}

function fishScript(words: Words): string {
  const lines = words.map(([typed, next]) => {
    const parts = typed.split(" ").slice(1);
    const inner = next.filter((word) => !word.startsWith("--"));
    const seen = parts.map((part) => `__fish_seen_subcommand_from ${part}`);
    const unseen = parts.length > 0 && inner.length > 0 ? [`not __fish_seen_subcommand_from ${inner.join(" ")}`] : [];
    const condition = [...seen, ...unseen].join("; and ") || "__fish_use_subcommand";
    // Files are offered where no command is awaited any more.
    return `complete -c storewalk ${inner.length > 0 ? "-f " : ""}-n "${condition}" -a "${next.join(" ")}"`;
  });
  return ["# storewalk's completion for fish: put it into ~/.config/fish/completions/storewalk.fish", ...lines].join(
    "\n",
  );
}
