/** `storewalk completion SHELL`: a script that completes commands and flags, made from the program's own tree of commands. */
import type { Command, Option } from "commander";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printData } from "./talk.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow a command as it is typed, or a flag of it that takes a value: words, or a file where there are none. */
type Place = { readonly typed: string; readonly words: readonly string[]; readonly takesFile?: boolean };

/** Arguments in whose place a file may stand. */
const FILES = ["file", "photo"];

export function completion(program: Command, shell: Shell): ExitCode {
  const commands = commandsOf(program, program.name());
  const values = valuesOf(program, program.name());
  const script = shell === "fish" ? fishScript : shell === "zsh" ? zshScript : bashScript;
  printData(script(commands, values));
  return EXIT.ok;
}

function commandsOf(command: Command, typed: string): readonly Place[] {
  const flags = command.options.flatMap(longFlags);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const words = [...command.commands.map((inner) => inner.name()), ...choices, ...flags, "--help"];
  const takesFile = command.registeredArguments.some((argument) => FILES.includes(argument.name()));
  return [
    { typed, words, takesFile },
    ...command.commands.flatMap((inner) => commandsOf(inner, `${typed} ${inner.name()}`)),
  ];
}

function valuesOf(command: Command, typed: string): readonly Place[] {
  const own = command.options
    .filter(({ required, optional }) => required || optional)
    .flatMap((option) =>
      longFlags(option).map((flag) => ({ typed: `${typed} ${flag}`, words: option.argChoices ?? [] })),
    );
  return [...own, ...command.commands.flatMap((inner) => valuesOf(inner, `${typed} ${inner.name()}`))];
}

/** All of its names; an option may have two long ones. */
export function longFlags({ long, short }: Pick<Option, "long" | "short">): readonly string[] {
  return [short, long].filter((flag): flag is string => flag?.startsWith("--") ?? false);
}

/** Looks for the longest command that is typed already. Where a file is wanted or no word is known, the shell offers files. */
function bashScript(commands: readonly Place[], values: readonly Place[]): string {
  const cases = commands
    .map(
      ({ typed, words, takesFile }) => `    "${typed}") words="${words.join(" ")}" files=${takesFile ? "yes" : ""} ;;`,
    )
    .join("\n");
  const known = values.map(({ typed, words }) => `    "${typed}") words="${words.join(" ")}" files= ;;`).join("\n");
  return `# storewalk's completion for bash: source it, or put it into bash-completion's folder.
_storewalk_words() {
  case "$1" in
${cases}
    *) return 1 ;;
  esac
}
_storewalk_values() {
  case "$1" in
${known}
    *) return 1 ;;
  esac
}
_storewalk() {
  local words="" files="" typed="storewalk" word
  _storewalk_words "$typed"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    _storewalk_words "$typed $word" && typed="$typed $word"
  done
  _storewalk_values "$typed \${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  [[ $files && "\${COMP_WORDS[COMP_CWORD]}" != -* ]] && return
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _storewalk storewalk`;
}

function zshScript(commands: readonly Place[], values: readonly Place[]): string {
  return `#compdef storewalk
autoload -U +X bashcompinit && bashcompinit
${bashScript(commands, values)}`;
}

function fishScript(commands: readonly Place[], values: readonly Place[]): string {
  const lines = commands.map(({ typed, words }) => {
    const inner = words.filter((word) => !word.startsWith("--"));
    const unseen = inner.length > 0 ? [`not __fish_seen_subcommand_from ${inner.join(" ")}`] : [];
    const condition = [...seen(typed), ...(typed.includes(" ") ? unseen : [])].join("; and ");
    // Files are offered where no command is awaited any more.
    const files = inner.length > 0 ? "-f " : "";
    return `complete -c storewalk ${files}-n "${condition || "__fish_use_subcommand"}" -a "${words.join(" ")}"`;
  });
  const flags = values.map(({ typed, words }) => {
    const [name = "", ...before] = typed.split(" ").toReversed();
    const condition = seen(before.toReversed().join(" ")).join("; and ") || "__fish_use_subcommand";
    const choices = words.length > 0 ? `-f -a "${words.join(" ")}"` : "-F";
    return `complete -c storewalk -n "${condition}" -l ${name.replace("--", "")} -r ${choices}`;
  });
  const head = "# storewalk's completion for fish: put it into ~/.config/fish/completions/storewalk.fish";
  return [head, ...lines, ...flags].join("\n");
}

/** That each word of a command was typed. */
const seen = (typed: string): readonly string[] =>
  typed
    .split(" ")
    .slice(1)
    .map((word) => `__fish_seen_subcommand_from ${word}`);
