//! Whether anybody can see what this process shows. A scheduled task or a service may own a console with a screen and a
//! keyboard that nobody will ever look at; what tells it apart is its window station, which is not a visible one.

use std::mem;

use windows_sys::Win32::System::StationsAndDesktops::{
    GetProcessWindowStation, GetUserObjectInformationW, UOI_FLAGS, USEROBJECTFLAGS,
};

/// A window station with a display.
const WSF_VISIBLE: u32 = 1;

/// Whether the window station of this process is a visible one. Where Windows does not tell, it is not.
#[expect(unsafe_code, reason = "calls into Windows")]
pub fn is_visible() -> bool {
    let mut flags = USEROBJECTFLAGS::default();
    // SAFETY: the station's handle needs no closing; the class says that this structure is meant, and the size is its own.
    let told = unsafe {
        GetUserObjectInformationW(
            GetProcessWindowStation(),
            UOI_FLAGS,
            (&raw mut flags).cast(),
            mem::size_of_val(&flags) as u32,
            &mut 0,
        )
    };
    told != 0 && flags.dwFlags & WSF_VISIBLE != 0
}
