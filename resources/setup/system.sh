# The system's side of setup.sh, which reads this file: is this machine one of ours, which libraries and fonts are
# missing, and apt, on the system's own sources or on the folder of a bundle.
# shellcheck shell=sh disable=SC2154 # project, python, from and the like are set by setup.sh

# --- the machine -------------------------------------------------------------------------------------------------

# version_number 2.36: as a number that can be compared
version_number() {
    minor=${1#*.}
    echo $((${1%%.*} * 1000 + ${minor%%.*}))
}

# What Qt's wheels are built for; anything else is refused before something is fetched or changed.
check_machine() {
    [ "$(uname -s)" = Linux ] || return 0
    processor=$(uname -m)
    case $processor in
        x86_64 | amd64) wanted_glibc=2.34 ;;
        aarch64 | arm64) wanted_glibc=2.39 ;;
        *) refuse "本机处理器是 $processor。窗口库 Qt 只有 64 位 x86 和 ARM 版，本程序在这台机器上无法运行。" \
            "This machine's processor is $processor. Qt, which draws the windows, comes for 64-bit x86 and ARM only; the program cannot run here." ;;
    esac
    [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] || refuse \
        "本机系统是 32 位的，本程序需要 64 位系统。" "This system is a 32-bit one; the program needs a 64-bit system."
    glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p')
    [ -n "$glibc" ] || refuse "本机系统没有 glibc（例如 Alpine），窗口库 Qt 在这里无法运行。" \
        "This system has no glibc (Alpine, for one); Qt, which draws the windows, does not run on it."
    [ "$(version_number "$glibc")" -ge "$(version_number "$wanted_glibc")" ] || refuse \
        "本机系统的 glibc 是 $glibc，$processor 上需要 $wanted_glibc 或更新版本，本程序无法在此运行。
Debian 11、统信 UOS 20、银河麒麟 V10 属于此类；请换用 README 表中列出的系统，或一台 Windows 10/11 电脑。" \
        "This system's glibc is $glibc; on $processor it must be $wanted_glibc or newer, so the program cannot run here.
Debian 11, UOS 20 and Kylin V10 are among these; take a system from the README's table, or a Windows 10/11 computer."
}

# this_release: debian-12, ubuntu-24.04; what names the packages that fit
this_release() {
    (
        ID=linux VERSION_ID='' VERSION_CODENAME=''
        # shellcheck disable=SC1091
        [ ! -r /etc/os-release ] || . /etc/os-release
        echo "$ID-${VERSION_ID:-$VERSION_CODENAME}"
    )
}

# --- the system's libraries and fonts ----------------------------------------------------------------------------

# Lines of: what is loaded, its package, older names of the package. The tests and every verb draw without a display;
# only a desk on the screen needs windows and sound (windows=yes); making a bundle draws nothing (windows=none).
# A bundle brings pip along, so that Python's own way to it, a package of its own on Debian, is not needed.
needed_parts() {
    if [ "$fresh_venv" = yes ] && [ -z "$from" ]; then
        echo "module:venv,ensurepip $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])') python3-venv"
    fi
    if [ "$fresh_venv" = yes ] && [ -z "$from" ] && [ "$(uname -m)" = aarch64 ]; then
        # The sound library has no wheel for ARM; pip builds it.
        echo "command:gcc gcc"
        echo "header:Python.h $("$python" -c 'import sys; print("python%d.%d-dev" % sys.version_info[:2])') python3-dev"
    fi
    if [ "$(uname -s)" != Linux ] || [ "$windows" = none ]; then return 0; fi
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
import os
import shutil
import sys
import sysconfig


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


def has_header(name):
    return os.path.exists(os.path.join(sysconfig.get_path("include"), name))


CHECKS = {"module": has_modules, "font": has_font, "command": shutil.which, "header": has_header}
for line in sys.stdin:
    kind, _, what = line.split()[0].rpartition(":")
    if not CHECKS.get(kind, library)(what):
        print(line, end="")
'
}

# packages_of PARTS: for each line the first of its names that this release knows. All names are asked for at once,
# because where apt keeps no cache of its lists every question takes seconds.
packages_of() {
    # shellcheck disable=SC2046 # the names are separate words
    known=$(apt-cache show --no-all-versions $(printf '%s\n' "$1" | cut -s -d' ' -f2-) 2>/dev/null |
        sed -n 's/^Package: //p' | tr '\n' ' ')
    printf '%s\n' "$1" | while read -r part names; do
        chosen=
        for name in $names; do
            case " $known" in *" $name "*) [ -n "$chosen" ] || chosen=$name ;; esac
        done
        echo "${chosen:-${names%% *}}"
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
    say "用 apt 安装：绘图、中文、窗口、声音和 Python 虚拟环境要用到它们。" \
        "Installing them with apt: drawing, Chinese text, windows, sound and Python's virtual environment need them."
    apt_install "$missing"
    missing=$(missing_parts)
    [ -z "$missing" ] || refuse "安装后仍无法加载：$(parts_of "$missing")" \
        "Still not loadable after the installation:$(parts_of "$missing")"
}

# apt_install PARTS: lines of needed_parts; from apt's own sources, or from the bundle alone
apt_install() {
    as_administrator=$(administrator "$1")
    if [ -n "$from" ]; then take_bundled_packages; fi
    # One broken source of many is no obstacle; what counts is whether the installation succeeds.
    as_apt apt-get update </dev/null || true
    packages=$(packages_of "$1")
    printf '+ %sapt-get install %s\n' "${as_administrator:+$as_administrator }" "$packages"
    # shellcheck disable=SC2086 # the packages are separate words
    as_apt apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $packages </dev/null || refuse_apt
}

# sudo hands no environment on.
as_apt() {
    $as_administrator env ${APT_CONFIG:+"APT_CONFIG=$APT_CONFIG"} DEBIAN_FRONTEND=noninteractive "$@"
}

refuse_apt() {
    if [ -n "$from" ]; then
        refuse "apt 未能用离线包安装以上软件包（原因见上）。若本机系统更新过，请在更新到同一程度的机器上重新制作离线包。" \
            "apt could not install these packages from the bundle (the reason stands above). If this system is newer by its updates, make the bundle anew on a machine as new."
    fi
    refuse "apt 未能安装以上软件包（原因见上）。请检查网络和软件源（Ubuntu 需启用 universe）后重试。" \
        "apt could not install these packages (the reason stands above). Check the network and apt's sources (on Ubuntu, universe must be enabled) and try again."
}

# administrator PARTS: prints the command that gives apt its rights, nothing for root
administrator() {
    [ "$(id -u)" -ne 0 ] || return 0
    if [ -n "$from" ]; then
        command_line="sh '$project/resources/setup.sh' packages --from '$from'"
    else
        command_line="apt-get install --no-install-recommends $(packages_of "$1")"
    fi
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

# --- the packages of a bundle ------------------------------------------------------------------------------------

# From here on apt knows nothing but the bundle's folder: own list of sources, own state, no network.
take_bundled_packages() {
    [ -z "${apt_home:-}" ] || return 0
    debs=$from/linux/debs
    [ -s "$debs/Packages" ] || refuse "离线包里没有系统软件包。请在装有 apt 的同类机器上重新制作。" \
        "This bundle holds no system packages. Make it anew on a machine like this one that has apt."
    say "正在校验离线包中的系统软件包 …" "Checking the bundle's system packages …"
    (cd "$from" && grep ' [ *]linux/debs/' SHA256SUMS | sha256sum --check --quiet -) || refuse \
        "离线包已损坏（见上），未安装任何软件包。请重新复制或重新制作。" \
        "The bundle is damaged (see above); no package was installed. Copy it again or make it anew."
    apt_home=$(mktemp -d)
    chmod 755 "$apt_home"
    mkdir -p "$apt_home/lists/partial" "$apt_home/archives/partial"
    # A path of its own: the bundle's may hold spaces, which a list of sources cannot.
    ln -s "$debs" "$apt_home/debs"
    echo "deb [trusted=yes] file:$apt_home/debs ./" >"$apt_home/sources.list"
    cat >"$apt_home/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt_home/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$apt_home/lists";
Dir::Cache::archives "$apt_home/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "root";
Acquire::Check-Date "false";
Acquire::Languages "none";
CONF
    export APT_CONFIG="$apt_home/apt.conf"
}

leave_bundled_packages() {
    [ -n "${apt_home:-}" ] || return 0
    rm -rf "$apt_home"
    unset APT_CONFIG apt_home
}

# What the machine of the bundle may lack: all that a desk on the screen loads, and Python itself.
bundled_packages() {
    (
        fresh_venv=no windows=yes
        packages_of "$(needed_parts)"
        echo python3
    ) | tr '\n' ' '
}

# A minimal system has the essential packages; their own needs are bundled, because versions must fit one another.
pretend_minimal_system() {
    # shellcheck disable=SC2016 # dpkg-query fills these in
    dpkg-query -W -f '${Essential} ${Package}:${Architecture}\n' | sed -n 's/^yes //p' | xargs dpkg-query -W -f \
        'Package: ${Package}\nStatus: install ok installed\nEssential: yes\nArchitecture: ${Architecture}\nMulti-Arch: ${Multi-Arch}\nVersion: ${Version}\nProvides: ${Provides}\n\n' |
        sed '/: $/d'
}

# apt writes a colon of a version as %3a, which is no name that a list of packages could give: it stands as @ there.
rename_debs() {
    for deb in "$1"/*"$2"*.deb; do
        [ -e "$deb" ] || continue
        mv "$deb" "$1/$(basename "$deb" | sed "s/$2/$3/")"
    done
}

# fill_debs FOLDER: what is there already is not fetched again; what no longer belongs is removed
fill_debs() {
    packages=$(bundled_packages)
    say "正在收集系统软件包（含所需的其他包）：$packages" "Gathering the system packages, with what they need: $packages"
    work=$(mktemp -d)
    chmod 755 "$work"
    mkdir -p "$1/partial" "$work/none/partial"
    rename_debs "$1" @ %3a
    pretend_minimal_system >"$work/status"
    pretend="-o Dir::State::status=$work/status -o APT::Sandbox::User=root -o Debug::NoLocking=1"
    pretend="$pretend -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
    # shellcheck disable=SC2086 # options and packages are separate words
    apt-get $pretend -o Dir::Cache::archives="$work/none" install --print-uris -qq --no-install-recommends $packages \
        >"$work/uris" || refuse_debs
    # shellcheck disable=SC2086
    apt-get $pretend -o Dir::Cache::archives="$1" install --download-only -y --no-install-recommends $packages \
        </dev/null || refuse_debs
    for deb in "$1"/*.deb; do
        grep -qF " $(basename "$deb") " "$work/uris" || rm -f "$deb"
    done
    rm -rf "$1/partial" "$1/lock" "$work"
    rename_debs "$1" %3a @
    index_debs "$1"
}

# Newer lists where it can be done without a question; old ones may do as well.
refresh_apt_lists() {
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update </dev/null || true
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo apt-get update </dev/null || true
    fi
}

refuse_debs() {
    refuse "系统软件包没有收集齐全（原因见上）。请检查网络、磁盘空间和 apt 软件源后重试；已取得的部分会保留。" \
        "Not all system packages could be gathered (the reason stands above). Check the network, the disk's space and apt's sources and try again; what is there already is kept."
}

# index_debs FOLDER: the lists that make a folder a source for apt
index_debs() {
    for deb in "$1"/*.deb; do
        dpkg-deb --field "$deb"
        printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$(basename "$deb")" "$(wc -c <"$deb" | tr -d ' ')" \
            "$(sha256sum "$deb" | cut -d' ' -f1)"
    done >"$1/Packages"
    # Without it apt would look for the list in every way of packing it, and complain of each. It wants a date.
    printf 'Date: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n %s %s Packages\n' "$(sha256sum "$1/Packages" | cut -d' ' -f1)" \
        "$(wc -c <"$1/Packages" | tr -d ' ')" >"$1/Release"
}
