#!/bin/sh
# Installs what Command Center lacks on this machine and starts it. Debian 12 and 13, Ubuntu 24.04.
#
#   sh resources/setup.sh run [ARGS]        opens the desk; without ARGS on the sample township (--demo)
#   sh resources/setup.sh test [ARGS]       runs the test suite; ARGS go to pytest
#   sh resources/setup.sh bundle DIR        fills a folder with all that a machine without a network needs
#   sh resources/setup.sh run --from DIR    takes everything from such a folder and nothing from the network
#   sh resources/setup.sh install           puts this program beside the user's data, with an icon; in place of an
#   sh resources/setup.sh rollback          older one after a backup, and rollback brings that one back
#
# PYTHON=python3.13 chooses the interpreter of .venv; otherwise an existing .venv is kept, else python3 is taken.
# What is missing is found by loading it: package names differ between releases, and a library may have come from
# elsewhere. Nothing missing: apt and the network are not touched. Interrupted: the next run starts over cleanly.
# This file finds the interpreter and is the door; setup/system.sh sees to apt; setup/*.py, which Windows uses too,
# see to the rest.
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$project/.venv
helper=$project/resources/setup
programs=${COMMANDCENTER_DATA:-${XDG_DATA_HOME:-${HOME:-}/.local/share}/commandcenter}/programs
# The bundle that is installed from (empty: the network), and the one that this program lies in.
from=
inside=
if [ "${project##*/}" = program ] && [ -f "${project%/*}/manifest.txt" ]; then
    inside=$(CDPATH='' cd -- "${project%/*}" && pwd -P)
fi

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
    zh*) language=zh ;;
    *) language=en ;;
esac

# say CHINESE ENGLISH
say() {
    if [ "$language" = zh ]; then printf '%s\n' "$1"; else printf '%s\n' "$2"; fi
}

# refuse CHINESE ENGLISH: the environment lacks something that only a person can provide
refuse() {
    say "$1" "$2" >&2
    exit 2
}

usage() {
    say "用法（离线包中为 sh setup.sh …）：
  sh resources/setup.sh run [参数]             安装所缺部分并打开席位（无参数时打开样例乡镇）
  sh resources/setup.sh test [参数]            安装所缺部分并运行测试（参数交给 pytest）
  sh resources/setup.sh bundle 文件夹 [选项]   为不联网的同类机器制作离线包；选项：
                                               --for windows、--python 3.13、--with-tests
  sh resources/setup.sh install                装到本人数据目录并放桌面图标；已有旧版时先备份再升级
  sh resources/setup.sh update --from 文件夹   换成离线包中的程序（同 install）
  sh resources/setup.sh rollback [--yes]       退回更新前的程序和数据库
  sh resources/setup.sh icon [--remove]        添加（删除）桌面图标
run、test、install 后加 --from 文件夹：一切取自离线包，不使用网络。
环境变量 PYTHON=python3.13 指定 Python 解释器。" \
        "Usage (in a bundle: sh setup.sh …):
  sh resources/setup.sh run [ARGS]             installs what is missing and opens the desk (without ARGS the sample)
  sh resources/setup.sh test [ARGS]            installs what is missing and runs the test suite (pytest's ARGS)
  sh resources/setup.sh bundle DIR [OPTIONS]   gathers all that a machine of this kind needs without a network;
                                               --for windows, --python 3.13, --with-tests
  sh resources/setup.sh install                puts the program beside the user's data, with an icon on the desktop;
                                               an older one is replaced after a backup
  sh resources/setup.sh update --from DIR      replaces the program by the bundle's (as install does)
  sh resources/setup.sh rollback [--yes]       brings back program and database from before the update
  sh resources/setup.sh icon [--remove]        adds (removes) the icon on the desktop
run, test and install with --from DIR take everything from a bundle and nothing from the network.
PYTHON=python3.13 in the environment chooses the interpreter."
}

wrong_use() {
    usage >&2
    exit 2
}

# shellcheck source=resources/setup/system.sh
. "$helper/system.sh"

# --- the interpreter ---------------------------------------------------------------------------------------------

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

version_of() {
    "$1" -c 'import sys; print(sys.version)' 2>/dev/null || true
}

venv_is_sound() {
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -B "$helper" sound 2>/dev/null
}

# Sets python (the interpreter to work with) and fresh_venv (yes: .venv has to be made anew from it).
choose_python() {
    fresh_venv=yes
    if [ -z "${PYTHON:-}" ] && venv_is_sound; then
        python=$venv/bin/python
        fresh_venv=no
        return
    fi
    python=${PYTHON:-python3}
    if [ -n "$from" ] && [ -z "${PYTHON:-}" ]; then bring_python; fi
    command -v "$python" >/dev/null 2>&1 || refuse \
        "找不到 Python 解释器“$python”。请先安装 Python 3.11 或更新版本（例如 apt-get install python3）。" \
        "There is no Python interpreter \"$python\". Install Python 3.11 or newer first (apt-get install python3)."
    new_enough "$python" || refuse_old_python
    if venv_is_sound && [ "$(version_of "$python")" = "$(version_of "$venv/bin/python")" ]; then
        fresh_venv=no
    fi
}

refuse_old_python() {
    found=$("$python" -c 'import platform; print(platform.python_version())' 2>/dev/null || echo '?')
    for newer in python3.13 python3.12 python3.11; do
        if command -v "$newer" >/dev/null 2>&1 && new_enough "$newer"; then
            refuse "$python 的版本是 $found，本程序需要 3.11 或更新版本。本机已有 $newer，请用：PYTHON=$newer sh resources/setup.sh …" \
                "$python is version $found; 3.11 or newer is needed. This machine has $newer: PYTHON=$newer sh resources/setup.sh …"
        fi
    done
    refuse "$python 的版本是 $found，本程序需要 3.11 或更新版本（Debian 12、Ubuntu 24.04 自带）。安装后用 PYTHON=python3.12 指定。" \
        "$python is version $found; 3.11 or newer is needed (Debian 12 and Ubuntu 24.04 bring it). Name another one with PYTHON=python3.12."
}

# An empty Debian has no Python; its bundle has.
bring_python() {
    if command -v python3 >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then return 0; fi
    say "本机没有 Python，从离线包安装。" "There is no Python here; it is installed from the bundle."
    apt_install "python python3"
}

# --- the bundle --------------------------------------------------------------------------------------------------

manifest() {
    tr -d '\r' <"$from/manifest.txt" | sed -n "s/^$1: //p"
}

# open_bundle DIR: from, after the question whether it was made for a machine like this one
open_bundle() {
    [ -f "$1/manifest.txt" ] || refuse "$1 不是离线包（没有 manifest.txt）。请用 sh resources/setup.sh bundle 制作。" \
        "$1 is no bundle (it holds no manifest.txt). sh resources/setup.sh bundle DIR makes one."
    from=$(CDPATH='' cd -- "$1" && pwd -P)
    made_for="$(manifest linux.release) $(manifest linux.processor)"
    here="$(this_release) $(uname -m)"
    [ "$made_for" != ' ' ] || refuse "这个离线包只供 Windows 使用。请在同类 Linux 机器上运行 bundle 为本机制作。" \
        "This bundle is for Windows only. Make one for this machine with bundle on a Linux machine like it."
    [ "$made_for" = "$here" ] || refuse \
        "这个离线包是为 $made_for 制作的，本机是 $here，不能使用。请在与本机同版本、同处理器的机器上重新制作。" \
        "This bundle was made for $made_for; this machine is $here and cannot use it. Make one on a machine of this release and processor."
}

# The wheels of a bundle are for one version of Python.
check_bundle_python() {
    [ -n "$from" ] || return 0
    found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    for each in $(manifest linux.python); do
        [ "$each" != "$found" ] || return 0
        if command -v "python$each" >/dev/null 2>&1; then other=python$each; fi
    done
    wanted=$(manifest linux.python)
    if [ -n "${other:-}" ]; then
        refuse "这个离线包是为 Python $wanted 制作的，而 $python 是 $found。本机已有 $other，请用：PYTHON=$other sh setup.sh …" \
            "This bundle was made for Python $wanted, and $python is $found. This machine has $other: PYTHON=$other sh setup.sh …"
    fi
    refuse "这个离线包是为 Python $wanted 制作的，而 $python 是 $found，不能使用。请用 bundle --python $found 重新制作。" \
        "This bundle was made for Python $wanted, and $python is $found. Make one with bundle --python $found."
}

# make_bundle DIR [--for linux|windows] [--python X.Y]... [--with-tests]
make_bundle() {
    folder=
    kind=linux
    pythons=
    tests=
    while [ $# -gt 0 ]; do
        case $1 in
            --for) kind=${2:-} && shift ;;
            --python) pythons="$pythons ${2:-}" && shift ;;
            --with-tests) tests=--with-tests ;;
            -*) wrong_use ;;
            *) if [ -n "$folder" ]; then wrong_use; else folder=$1; fi ;;
        esac
        [ $# -gt 0 ] || wrong_use
        shift
    done
    case "$kind:$folder" in *: | :*) wrong_use ;; linux:* | windows:*) ;; *) wrong_use ;; esac
    mkdir -p "$folder" || refuse "无法建立文件夹 $folder（原因见上）。" "The folder $folder could not be made (the reason stands above)."
    folder=$(CDPATH='' cd -- "$folder" && pwd)
    if [ "$kind" = linux ]; then check_machine; fi
    set_up bare none
    # shellcheck disable=SC2086 # the versions are separate words
    "$venv/bin/python" -B "$helper" fill "$folder" "$kind" "$(this_release)" "$(uname -m)" $tests $pythons
    if [ "$kind" = linux ]; then bundle_packages "$folder/linux/debs"; fi
    "$venv/bin/python" -B "$helper" seal "$folder"
}

bundle_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "本机没有 apt，离线包中不含系统软件包。" "There is no apt here: the bundle holds no system packages."
        return 0
    fi
    mkdir -p "$1"
    refresh_apt_lists
    fill_debs "$1"
}

# --- setting up --------------------------------------------------------------------------------------------------

# One set-up at a time in a checkout: a second one waits instead of clearing away what the first is writing.
take_turn() {
    command -v flock >/dev/null 2>&1 || return 0
    exec 9<"$project/pyproject.toml"
    flock -n 9 && return 0
    say "另一个安装正在进行，等待其完成…" "Another set-up is at work here; waiting for it …"
    flock 9 || true
}

# set_up run|test|bare WINDOWS: bare makes .venv alone; WINDOWS is yes when a window is to be opened
set_up() {
    windows=$2
    trap 'say "已中断；下次运行会重新开始。" "Interrupted; the next run starts over." >&2; exit 130' INT TERM HUP
    trap leave_bundled_packages EXIT
    take_turn
    choose_python
    check_bundle_python
    install_missing_parts
    "$python" -B "$helper" prepare "$1" "$fresh_venv" "$from"
    leave_bundled_packages
    exec 9<&-
    trap - INT TERM HUP EXIT
}

# place_and_set_up run|test: a copy of this program in the user's own folder, with all it needs; sets placed
place_and_set_up() {
    trap leave_bundled_packages EXIT
    choose_python
    check_bundle_python
    placed=$("$python" -B "$helper" place "$from")
    sh "$placed/resources/setup.sh" prepare ${from:+--from "$from"} "$1"
}

# What the icon opens is replaced by this program; the database follows after a backup.
install_for_good() {
    place_and_set_up run
    "$python" -B "$helper" adopt "$placed"
    leave_bundled_packages
}

# --- what is started ---------------------------------------------------------------------------------------------

# The desk is what is opened without a verb: no word besides options and their values.
wants_window() {
    while [ $# -gt 0 ]; do
        case $1 in
            --database | --lang | --theme | --as) if [ $# -gt 1 ]; then shift; fi ;;
            -h | --help | --version) return 1 ;;
            -*) ;;
            *) return 1 ;;
        esac
        shift
    done
}

has_display() {
    [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]
}

run_program() {
    [ $# -gt 0 ] || set -- --demo
    if wants_window "$@"; then windows=yes; else windows=no; fi
    if [ -n "$inside" ]; then
        # A stick is no place to run from: it may be slow, know no links, and be pulled out.
        if [ "$(cat "$programs/current" 2>/dev/null)" != "$(manifest program)" ]; then install_for_good; fi
        venv=$programs/$(manifest program)/.venv
    else
        set_up run "$windows"
    fi
    if [ "$windows" = yes ] && ! has_display; then
        refuse "已安装完成，但此处没有显示器（DISPLAY 与 WAYLAND_DISPLAY 均未设置），无法打开窗口。
可将各画面绘成图片：$venv/bin/commandcenter snapshot 目录 --demo" \
            "Installed, but there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.
The screens can be drawn to pictures: $venv/bin/commandcenter snapshot DIR --demo"
    fi
    exec "$venv/bin/commandcenter" "$@"
}

run_tests() {
    if [ -n "$inside" ]; then
        place_and_set_up test
        leave_bundled_packages
        project=$placed
        venv=$placed/.venv
    else
        set_up test no
    fi
    cd "$project"
    export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
    # Without compiled files each of a hundred processes would compile program and tests anew.
    unset PYTHONDONTWRITEBYTECODE
    exec "$venv/bin/python" -m pytest -n auto --dist worksteal "$@"
}

# What an administrator does for a user who may not: the system packages of a bundle, nothing else.
prepare_packages() {
    windows=yes
    trap leave_bundled_packages EXIT
    choose_python
    install_missing_parts
}

# Another program's script takes over: that of the bundle which is named.
update_from() {
    [ -f "$from/program/resources/setup.sh" ] || refuse "离线包 $from 里没有程序。" "The bundle $from holds no program."
    exec sh "$from/program/resources/setup.sh" install
}

look_after_programs() {
    choose_python
    exec "$python" -B "$helper" "$@"
}

verb=${1:-}
[ $# -eq 0 ] || shift
given=
case "${1:-}" in
    --from)
        [ $# -gt 1 ] || wrong_use
        given=$2
        shift 2
        ;;
    --from=*)
        given=${1#--from=}
        shift
        ;;
esac
case $verb in
    run | test | install | update | prepare | packages)
        check_machine
        if [ -n "$given" ] || [ -n "$inside" ]; then open_bundle "${given:-$inside}"; fi
        if [ "$from" != "$inside" ]; then inside=; fi
        ;;
    *) if [ -n "$given" ]; then wrong_use; fi ;;
esac
case $verb in
    run) run_program "$@" ;;
    test) run_tests "$@" ;;
    bundle) make_bundle "$@" ;;
    install | update) if [ -n "$given" ] && [ -z "$inside" ]; then update_from; else install_for_good; fi ;;
    prepare) set_up "${1:-run}" yes ;;
    packages) prepare_packages ;;
    rollback | icon) look_after_programs "$verb" "$@" ;;
    -h | --help) usage ;;
    *) wrong_use ;;
esac
