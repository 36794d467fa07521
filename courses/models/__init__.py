from courses.models.change import Change, CourseChange
from courses.models.content import CourseFile, CourseMaterial, CourseVideo, MaterialKind, Reach
from courses.models.course import Course, CourseAccess, CourseRole, CourseState, Topic
from courses.models.coursework import Coursework, CourseworkKind, CourseworkState
from courses.models.sync import Sync

__all__ = [
    "Change",
    "Course",
    "CourseAccess",
    "CourseChange",
    "CourseFile",
    "CourseMaterial",
    "CourseRole",
    "CourseState",
    "CourseVideo",
    "Coursework",
    "CourseworkKind",
    "CourseworkState",
    "MaterialKind",
    "Reach",
    "Sync",
    "Topic",
]
