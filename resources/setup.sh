#!/bin/sh
# Installs what Command Center lacks on this machine and starts it. Debian 12 and 13, Ubuntu 24.04.
#
#   sh resources/setup.sh run [ARGS]     opens the desk; without ARGS on the sample township (--demo)
#   sh resources/setup.sh test [ARGS]    runs the whole test suite; ARGS go to pytest
#
# PYTHON=python3.13 chooses the interpreter of .venv; otherwise an existing .venv is kept, else python3 is taken.
# What is missing is found by loading it: package names differ between releases, and a library may have come from
# elsewhere. Nothing missing: apt and the network are not touched. Interrupted: the next run starts over cleanly.
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$project/.venv
install_log=$venv/commandcenter-install.log
# Present while pip writes; found at the start it tells of an installation that was cut off.
unfinished=$venv/.commandcenter-unfinished

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
    say "用法：
  sh resources/setup.sh run [参数]     安装所缺部分并打开席位（无参数时打开样例乡镇）
  sh resources/setup.sh test [参数]    安装所缺部分并运行全部测试（参数交给 pytest）
环境变量 PYTHON=python3.13 指定 Python 解释器。" \
        "Usage:
  sh resources/setup.sh run [ARGS]     installs what is missing and opens the desk (the sample township without ARGS)
  sh resources/setup.sh test [ARGS]    installs what is missing and runs the whole test suite (ARGS go to pytest)
PYTHON=python3.13 in the environment chooses the interpreter."
}

# --- the interpreter ---------------------------------------------------------------------------------------------

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

version_of() {
    "$1" -c 'import sys; print(sys.version)' 2>/dev/null || true
}

# Whole and usable: pip's list of files is the last thing that making a virtual environment writes.
venv_is_sound() {
    [ ! -e "$unfinished" ] && "$venv/bin/python" -c '
import importlib.metadata
import sys

sys.exit(sys.version_info < (3, 11) or not importlib.metadata.files("pip"))' 2>/dev/null
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

# --- the system's libraries and fonts ----------------------------------------------------------------------------

# Lines of: what is loaded, its package, older names of the package. The tests and every verb draw without a display;
# only a desk on the screen needs windows and sound.
needed_parts() {
    if [ "$fresh_venv" = yes ]; then
        echo "module:venv,ensurepip $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])') python3-venv"
    fi
    [ "$(uname -s)" = Linux ] || return 0
    cat <<'DRAWING'
font:zh-cn fonts-noto-cjk
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11.so.6 libx11-6
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libgthread-2.0.so.0 libglib2.0-0t64 libglib2.0-0
libstdc++.so.6 libstdc++6
libxkbcommon.so.0 libxkbcommon0
DRAWING
    [ "$windows" = yes ] || return 0
    cat <<'WINDOWS'
libX11-xcb.so.1 libx11-xcb1
libasound.so.2 libasound2t64 libasound2
libpulse.so.0 libpulse0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-glx.so.0 libxcb-glx0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
WINDOWS
}

# Prints those lines of needed_parts whose part cannot be loaded.
missing_parts() {
    needed_parts | "$python" -c '
import ctypes
import importlib
import sys


def library(name):
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


def has_modules(names):
    try:
        for name in names.split(","):
            importlib.import_module(name)
    except ImportError:
        return False
    return True


def has_font(language):
    """Asks fontconfig itself, as Qt does; the command fc-list need not be there."""
    fontconfig = library("libfontconfig.so.1")
    if fontconfig is None:
        return False
    class FontSet(ctypes.Structure):
        _fields_ = [("count", ctypes.c_int), ("size", ctypes.c_int), ("fonts", ctypes.c_void_p)]
    fontconfig.FcNameParse.restype = fontconfig.FcObjectSetCreate.restype = ctypes.c_void_p
    fontconfig.FcObjectSetAdd.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    fontconfig.FcFontList.argtypes = [ctypes.c_void_p] * 3
    fontconfig.FcFontList.restype = ctypes.POINTER(FontSet)
    wanted = fontconfig.FcNameParse((":lang=" + language).encode())
    properties = fontconfig.FcObjectSetCreate()
    fontconfig.FcObjectSetAdd(properties, b"family")
    found = fontconfig.FcFontList(None, wanted, properties)
    return bool(found) and found.contents.count > 0


CHECKS = {"module": has_modules, "font": has_font}
for line in sys.stdin:
    kind, _, what = line.split()[0].rpartition(":")
    if not CHECKS.get(kind, library)(what):
        print(line, end="")
'
}

# package_of PART NAME...: the first name that this release knows
package_of() {
    shift
    for name in "$@"; do
        if apt-cache show --no-all-versions "$name" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo "$1"
}

packages_of() {
    printf '%s\n' "$1" | while read -r part names; do
        # shellcheck disable=SC2086 # the names are separate words
        package_of "$part" $names
    done | sort -u | tr '\n' ' '
}

parts_of() {
    printf '%s\n' "$1" | while read -r part _; do printf ' %s' "${part#*:}"; done
}

install_missing_parts() {
    missing=$(missing_parts)
    [ -n "$missing" ] || return 0
    parts=$(parts_of "$missing")
    say "本机缺少（按实际加载判断）：$parts" "Missing on this machine (found by loading them):$parts"
    command -v apt-get >/dev/null 2>&1 || refuse \
        "本机没有 apt-get，无法自动安装。请用本机的软件管理器安装以上各项后重试（本脚本面向 Debian 12/13 与 Ubuntu 24.04）。" \
        "There is no apt-get here to install them with. Install them by this system's own means and try again (this script is made for Debian 12/13 and Ubuntu 24.04)."
    as_administrator=$(administrator "$missing")
    say "用 apt 安装：绘图、中文、窗口、声音和 Python 虚拟环境要用到它们。" \
        "Installing them with apt: drawing, Chinese text, windows, sound and Python's virtual environment need them."
    # One broken source of many is no obstacle; what counts is whether the installation succeeds.
    $as_administrator apt-get update </dev/null || true
    packages=$(packages_of "$missing")
    printf '+ %sapt-get install %s\n' "${as_administrator:+$as_administrator }" "$packages"
    # shellcheck disable=SC2086 # the packages are separate words
    $as_administrator env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $packages </dev/null || refuse \
        "apt 未能安装以上软件包（原因见上）。请检查网络和软件源（Ubuntu 需启用 universe）后重试。" \
        "apt could not install these packages (the reason stands above). Check the network and apt's sources (on Ubuntu, universe must be enabled) and try again."
    missing=$(missing_parts)
    [ -z "$missing" ] || refuse "安装后仍无法加载：$(parts_of "$missing")" \
        "Still not loadable after the installation:$(parts_of "$missing")"
}

# administrator MISSING: prints the command that gives apt its rights, nothing for root
administrator() {
    [ "$(id -u)" -ne 0 ] || return 0
    command_line="apt-get install --no-install-recommends $(packages_of "$1")"
    command -v sudo >/dev/null 2>&1 || refuse \
        "安装系统软件需要管理员权限，而本机没有 sudo。请管理员执行：$command_line" \
        "Installing system packages needs an administrator and there is no sudo here. Ask one to run: $command_line"
    if ! sudo -n true 2>/dev/null; then
        [ -t 0 ] || refuse \
            "安装系统软件需要 sudo 口令，而当前没有可输入口令的终端。请管理员执行：$command_line" \
            "Installing system packages needs sudo's password and there is no terminal to type it at. Ask an administrator to run: $command_line"
        say "安装系统软件需要管理员权限，sudo 会询问您的口令。" \
            "Installing system packages needs an administrator's rights: sudo will ask for your password." >&2
    fi
    echo sudo
}

# --- the program -------------------------------------------------------------------------------------------------

make_venv() {
    [ "$fresh_venv" = yes ] || return 0
    say "正在用 $python 建立虚拟环境 .venv …" "Making the virtual environment .venv with $python …"
    "$python" -m venv --clear "$venv" || refuse \
        "无法建立虚拟环境 $venv（原因见上）。请检查磁盘空间和目录权限。" \
        "The virtual environment $venv could not be made (the reason stands above). Check disk space and permissions."
}

# What an installation depends on: the checkout's place, the interpreter, the declared dependencies and build.
fingerprint() {
    "$venv/bin/python" - "$project" <<'PYTHON'
import hashlib
import json
import sys
import tomllib
from pathlib import Path

project = Path(sys.argv[1])
declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
parts = [
    str(project),
    sys.version_info[:2],
    declared["build-system"],
    declared["project"],
    declared["tool"]["hatch"],
]
print(hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest())
PYTHON
}

# is_installed WITH: an installation with the test tools serves `run` as well
is_installed() {
    [ -x "$venv/bin/commandcenter" ] || return 1
    for with in "$1" test; do
        [ "$(cat "$venv/.commandcenter-$with" 2>/dev/null)" = "$wanted" ] && return 0
    done
    return 1
}

# install_program run|test
install_program() {
    wanted=$(fingerprint)
    if is_installed "$1"; then return 0; fi
    say "正在安装程序及其依赖（首次约需下载 160–230 MB）…" \
        "Installing the program and what it needs (160 to 230 MB to fetch the first time) …"
    if [ "$1" = test ]; then what='.[test]'; else what=.; fi
    rm -f "$install_log"
    : >"$unfinished"
    status=0
    (cd "$project" && exec "$venv/bin/python" -m pip install --no-input --disable-pip-version-check \
        --log "$install_log" --editable "$what") || status=$?
    # pip undoes its own failures; only when it was killed is .venv in doubt.
    if [ "$status" -lt 128 ]; then rm -f "$unfinished"; fi
    if [ "$status" -ne 0 ]; then refuse_installation; fi
    printf '%s\n' "$wanted" >"$venv/.commandcenter-$1"
}

logged() {
    grep -qE "$1" "$install_log" 2>/dev/null
}

refuse_installation() {
    if logged 'No space left on device'; then
        refuse "磁盘已满，安装未完成。需要约 1.5 GB 空间。" "The disk is full; about 1.5 GB are needed."
    elif logged 'connection broken by|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded'; then
        refuse "连接不上 Python 软件源，安装未完成。请检查网络、代理或 pip 的镜像设置后重试。" \
            "The Python package index cannot be reached. Check the network, the proxy or pip's mirror settings and try again."
    elif logged 'No matching distribution found'; then
        refuse "软件源中没有适合本机 Python（$(version_of "$venv/bin/python" | cut -d' ' -f1)）的软件包。可换解释器：PYTHON=python3.12 sh resources/setup.sh …" \
            "The package index has nothing for this machine's Python ($(version_of "$venv/bin/python" | cut -d' ' -f1)). Another interpreter may do: PYTHON=python3.12 sh resources/setup.sh …"
    fi
    refuse "安装未完成（原因见上；详细记录：$install_log）。" \
        "The installation was not completed (the reason stands above; details: $install_log)."
}

# One set-up at a time in a checkout: a second one waits instead of clearing away what the first is writing.
take_turn() {
    command -v flock >/dev/null 2>&1 || return 0
    exec 9<"$project/pyproject.toml"
    flock -n 9 && return 0
    say "另一个安装正在进行，等待其完成…" "Another set-up is at work here; waiting for it …"
    flock 9 || true
}

# set_up run|test WINDOWS: yes when a window is to be opened
set_up() {
    windows=$2
    trap 'say "已中断；下次运行会重新开始。" "Interrupted; the next run starts over." >&2; exit 130' INT TERM HUP
    take_turn
    choose_python
    install_missing_parts
    make_venv
    install_program "$1"
    exec 9<&-
    trap - INT TERM HUP
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
    set_up run "$windows"
    if [ "$windows" = yes ] && ! has_display; then
        refuse "已安装完成，但此处没有显示器（DISPLAY 与 WAYLAND_DISPLAY 均未设置），无法打开窗口。
可将各画面绘成图片：$venv/bin/commandcenter snapshot 目录 --demo" \
            "Installed, but there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.
The screens can be drawn to pictures: $venv/bin/commandcenter snapshot DIR --demo"
    fi
    exec "$venv/bin/commandcenter" "$@"
}

run_tests() {
    set_up test no
    cd "$project"
    export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
    exec "$venv/bin/python" -m pytest -n auto --dist worksteal "$@"
}

verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
    run) run_program "$@" ;;
    test) run_tests "$@" ;;
    -h | --help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
