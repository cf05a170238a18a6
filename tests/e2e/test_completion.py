"""completion: what bash and zsh offer for a line, from the scripts that cplug-run prints."""
import os
import shutil
import subprocess
import sys
from e2e import RUN, expect, expect_code, main, model, run, write

# line (the cursor at its end) -> words that must be offered, words that must not
TABLE = [
    ("cplug-run ", {"train", "eval", "predict", "plot", "doctor", "init", "help", "--version"}, {"t.ini"}),
    ("cplug-run tr", {"train"}, {"eval"}),
    ("cplug-run help pl", {"plot", "plugins"}, {"train"}),
    ("cplug-run train ", {"t.ini", "sub"}, {"notes.txt", "train.epochs="}),
    ("cplug-run train t", {"t.ini"}, {"sub"}),
    ("cplug-run train t.ini ", {"train.epochs=", "optimizer.lr=", "layer.fc1.out_features=", "data.train.batch_size=", "runtime.seed="}, {"t.ini"}),
    ("cplug-run train t.ini train.ep", {"train.epochs="}, {"train.steps="}),
    ("cplug-run train t.ini --set optim", {"optimizer.lr=", "optimizer.amsgrad=", "optimizer.type="}, {"train.epochs="}),
    ("cplug-run train t.ini --set=optimizer.l", {"optimizer.lr="}, {"optimizer.type="}),
    ("cplug-run train t.ini optimizer.type=", {"adam", "sgd"}, {"relu", "true"}),
    ("cplug-run train t.ini optimizer.amsgrad=t", {"true"}, {"false"}),
    ("cplug-run train t.ini runtime.fallback=", {"allow", "warn", "error"}, {"true"}),
    ("cplug-run train t.ini --", {"--run-dir", "--resume", "--set", "--json", "--help"}, {"--min", "--print"}),
    ("cplug-run train t.ini --prog", {"--progress"}, {"--print"}),
    ("cplug-run train t.ini --progress ", {"auto", "bar", "plain", "none"}, {"t.ini"}),
    ("cplug-run train --progress=p", {"plain"}, {"bar"}),
    ("cplug-run train --progress plain ", {"t.ini"}, {"plain"}),
    ("cplug-run train --weights ", {"w.safetensors", "sub"}, {"t.ini"}),
    ("cplug-run train --run-dir ", {"sub", "runs"}, {"t.ini"}),
    ("cplug-run train t.ini --resume ", {"auto", "runs/t-1"}, {"t.ini"}),
    ("cplug-run eval ", {"runs/t-1", "t.ini"}, {"notes.txt"}),
    ("cplug-run eval runs/t-1 ", {"train.epochs=", "layer.fc1.out_features="}, {"runs/t-1"}),
    ("cplug-run eval runs/t-1 --data ", {"train", "valid", "test"}, {"auto"}),
    ("cplug-run eval runs/t-1 --checkpoint ", {"final", "latest", "best"}, {"NAME"}),
    ("cplug-run plot ", {"runs/t-1", "runs/t-2"}, {"t.ini"}),
    ("cplug-run plot runs/t-1 runs/t-", {"runs/t-1", "runs/t-2"}, {"train.epochs="}),
    ("cplug-run inspect conv", {"conv2d"}, {"linear"}),
    ("cplug-run init ", {"line", "spirals", "quickstart"}, {"t.ini"}),
    ("cplug-run completion ", {"bash", "zsh"}, {"keys"}),
    ("cplug-run doctor ", set(), {"t.ini"}),
    ("cplug-run doctor -", {"--json", "--help"}, {"--run-dir"}),
]


def prepare(folder):
    text = open(model("spirals.ini"), encoding="utf-8").read()
    write(folder, "t.ini", text)
    write(folder, "notes.txt", "")
    write(folder, "w.safetensors", "")
    for name in ("sub", "runs", "runs/t-1", "runs/t-2"):
        os.mkdir(os.path.join(folder, name))
    for name in ("runs/t-1", "runs/t-2"):
        write(folder, name + "/config.ini", text)


def environment():
    return {**os.environ, "PATH": os.path.dirname(RUN) + ":" + os.environ["PATH"], "LC_ALL": "C"}


def check(line, want, never, offered, shell):
    offered = {word.rstrip("/ ") if not word.endswith("=") else word for word in offered}
    expect(want <= offered, shell, repr(line), "is not offered:", want - offered, "offered:", sorted(offered)[:40])
    expect(not never & offered, shell, repr(line), "should not be offered:", never & offered)


def in_bash(folder):
    prepare(folder)
    script = r'''source <(cplug-run completion bash)
complete -p cplug-run >/dev/null || exit 9
while IFS= read -r COMP_LINE; do
    COMP_POINT=${#COMP_LINE} COMPREPLY=() COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
    _cplug_run
    for word in "${COMPREPLY[@]}"; do printf '%s\n' "$word"; done
    printf -- '----\n'
done'''
    done = subprocess.run(["bash", "--norc", "-c", script], cwd=folder, input="".join(line + "\n" for line, _, _ in TABLE), capture_output=True, text=True, env=environment())
    expect(done.returncode == 0 and done.stderr == "", done.returncode, done.stderr)
    answers = done.stdout.split("----\n")
    expect(len(answers) == len(TABLE) + 1, done.stdout)
    for (line, want, never), answer in zip(TABLE, answers):
        check(line, want, never, answer.splitlines(), "bash")


def where_the_cursor_is(folder):
    """Completion looks at what stands before the cursor; a file with mistakes and none at all do not disturb it."""
    prepare(folder)
    write(folder, "wrong.ini", "[layer.x\n[train]\nepochs\n= 3\n[optimizer]\ntype = nope\n")
    keys = run("completion", "keys", "wrong.ini", "", cwd=folder)
    expect_code(keys, 0)
    expect("train.epochs=" in keys.out and "runtime.seed=" in keys.out and keys.err == "", keys.out)
    expect_code(run("completion", "keys", "none.ini", "x", cwd=folder), 0)
    words = run("completion", "keys", "t.ini", "", cwd=folder).out.splitlines()
    expect(len(words) == len(set(words)) and all(word.endswith("=") and "." in word for word in words), words)


def in_zsh(folder):
    if not shutil.which("zsh"):
        print("        zsh is not installed: its half is not tested (apt-get install zsh)")
        return
    prepare(folder)
    write(folder, "_cplug-run", run("completion", "zsh").out)
    expect(subprocess.run(["zsh", "-n", "_cplug-run"], cwd=folder).returncode == 0, "zsh cannot parse the script")
    # A second zsh behind a pseudo terminal completes; compadd is wrapped to tell what it is given.
    script = r'''zmodload zsh/zpty; setopt extended_glob
zpty z zsh -f -i; zpty -w z "PS1=; unset zle_bracketed_paste; stty -echo; fpath=('$PWD' \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w z 'compadd () { local -a hits; builtin compadd -A hits "$@"; print -l -r -- $hits >>offered; builtin compadd "$@" }'
zpty -w z 'zstyle ":completion:*" verbose no; bindkey "^I" complete-word; zle -C all complete-word _generic; done-widget () { print done >>ready; zle kill-buffer }; zle -N done-widget; bindkey "^X" done-widget; print go >>ready'
wait-for () { local i; for i in {1..200}; do [[ $(wc -l <ready 2>/dev/null) -ge $1 ]] && return; sleep 0.05; done; print late; exit 8 }
wait-for 1; n=1
while IFS= read -r line; do
    : >offered; ((n++)); zpty -w -n z "$line"$'\t\x18'; wait-for $n
    cat offered; print -- ----
done
zpty -d z'''
    done = subprocess.run(["zsh", "-f", "-c", script], cwd=folder, input="".join(line + "\n" for line, _, _ in TABLE), capture_output=True, text=True, env=environment(), timeout=200)
    expect(done.returncode == 0, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    answers = done.stdout.split("----\n")
    for (line, want, never), answer in zip(TABLE, answers):
        offered = {word.split("=")[-1] if "=" in line.split()[-1] and "=" in word and not word.endswith("=") else word for word in answer.splitlines()}
        check(line, want - {"--version", "help"}, never, offered, "zsh")


if not shutil.which("bash"):
    print("bash is not installed")
    sys.exit(77)
main([in_bash, where_the_cursor_is, in_zsh])
